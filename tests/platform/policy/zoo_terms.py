"""What random conditions about animals and people may name that needs Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from gradus.policy import objects, people, terms
from tests.platform.policy.zoo.models import Animal, Owner

TERMS = ("is_round", "befriended", "other_word", "somebody")
FACTS = ("rank", "nick", "since", "words")


@contextmanager
def registered(now: datetime) -> Iterator[None]:
    """Facts of Ann and Bob, terms of animals, and owners as a type of field, for the time of a test."""
    objects.choosable("owner", label="Owner", model="zoo.Owner")(lambda who: Owner.objects.all())
    people.user_fact("rank", kind="whole")(lambda user: {"Ann": 1, "Bob": 2, "I4": 3}.get(user.display_name))
    people.user_fact("nick")(lambda user: {"Ann": "a"}.get(user.display_name))
    people.user_fact("since", kind="moment")(lambda user: now if user.display_name == "Bob" else None)
    people.user_fact("words", many=True)(lambda user: {"a"} if user.display_name == "Ann" else set())
    terms.term("zoo.Animal", q=lambda user: Q(size__gt=1, tame=True), name="is_round", personal=False)(
        lambda user, obj: obj.size > 1 and obj.tame is True
    )
    befriended = Animal.friends.through.objects.filter(animal=OuterRef("pk"))
    terms.term(
        "zoo.Animal", q=lambda user: user is not None and Q(Exists(befriended.filter(user=user))), name="befriended"
    )(lambda user, obj: user is not None and user in obj.friends.all())
    terms.term("zoo.Animal", q=lambda user: ~Q(word="a"), name="other_word")(lambda user, obj: obj.word != "a")
    terms.term("zoo.Animal", q=lambda user: user is not None, name="somebody")(lambda user, obj: user is not None)
    yield
    objects.unregister("owner")
    for name in TERMS:
        terms.unregister("zoo.Animal", name)
    for name in FACTS:
        people.unregister(name)
