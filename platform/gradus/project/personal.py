"""What Gradus holds about one person: all of it as JSON, and how it is forgotten without breaking history.

Both follow the relations of the models, so that a new app is part of it by itself. Rows that go with a person
(CASCADE) are deleted; rows that history hangs on (PROTECT) stay and name "Erased person", without the words and facts.
Every step is one statement for all rows of a table, however many there are.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import Storage
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import ModelLogEntry

from gradus.accounts.models import User, Visibility
from gradus.accounts.roles import Role
from gradus.accounts.services import keep_an_admin
from gradus.flow.erasing import about, forget_runs, owned_models, records_of, theirs
from gradus.flow.models import Attachment, Declared, TransitionRecord
from gradus.notify.models import Notification

NAME = "Erased person"
SECRETS = frozenset({"password", "digest", "refusal_key", "book_version", "rule"})
SECRET_MODELS = frozenset({"mfa.Authenticator", "wagtailcore.APIToken", "wagtailadmin.FormState"})
WORDS = (models.CharField, models.TextField)
Rows = list[dict[str, Any]]


def export(user: User) -> dict[str, Any]:
    """Everything of theirs: `person`, `roles`, `history` about what is theirs, and every table that names them."""
    return {
        "person": _row(user),
        "roles": sorted(user.roles),
        "tables": {label: rows for label, rows in _tables(user) if rows},
        "history": _rows(TransitionRecord.objects.filter(about(user)), without={"facts", "actor"}),
        "files": list(_files(user).values("name", "media_type", "size", "created_at")),
    }


def _tables(user: User) -> Iterator[tuple[str, Rows]]:
    """`app.Model.field` and the rows in which that field names them; what hangs on theirs comes under its own name."""
    for relation in _relations(User):
        model, field = relation.related_model, relation.field.name
        if model._meta.label in SECRET_MODELS:
            continue
        yield f"{model._meta.label}.{field}", _rows(model._base_manager.filter(**{field: user.pk}))
    for model in owned_models():
        for relation in _relations(model):
            if relation.on_delete is models.CASCADE:
                name = relation.field.name
                rows = relation.related_model._base_manager.filter(**{f"{name}__in": theirs(model, user).values("pk")})
                yield f"{relation.related_model._meta.label}.{name}", _rows(rows)


def _relations(model: type[models.Model]) -> Iterator[Any]:
    """Foreign keys and one-to-ones of other models that lead here."""
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, models.ManyToOneRel):  # a OneToOneRel is one as well
            yield field


def _rows(found: QuerySet[Any, Any], without: set[str] | None = None) -> Rows:
    hidden = SECRETS | (without or set())
    names = [field.name for field in found.model._meta.concrete_fields if field.name not in hidden]
    return list(found.order_by("pk").values(*names))


def _row(user: User) -> dict[str, Any]:
    (row,) = _rows(User.objects.filter(pk=user.pk))
    return row


def _files(user: User) -> QuerySet[Attachment]:
    """Those beside what is theirs, and those they handed in nowhere yet."""
    return Attachment.objects.filter(about(user) | Q(owner=user, object_id=None))


@transaction.atomic
def erase(user: User) -> None:
    """Forget this person. Raises ValidationError for the last active administrator, without whom nobody gets in."""
    User.objects.select_for_update().get(pk=user.pk)
    if Role.ADMIN in user.roles:
        keep_an_admin(without=[user.pk])
    _erase_history(user)
    _erase_files(user)
    _erase_what_others_were_told(user)
    _erase_words(user)
    _delete_with(User.objects.filter(pk=user.pk))
    entries = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    entries.update(label=NAME, data={})
    _erase_account(user)


def _erase_history(user: User) -> None:
    records_of(user).erase()
    forget_runs(user)


def _erase_files(user: User) -> None:
    _delete(_files(user))
    Attachment.objects.filter(owner=user).update(name=NAME)


def _delete_with(found: QuerySet[Any], above: tuple[type[models.Model], ...] = ()) -> None:
    """What goes when these go. Django's own way reads every row and deletes a hundred at a time."""
    for relation in _relations(found.model):
        if relation.on_delete is models.CASCADE and relation.related_model not in above:
            name = f"{relation.field.name}__in"
            _delete(relation.related_model._base_manager.filter(**{name: found.values("pk")}), above)


def _delete(found: QuerySet[Any], above: tuple[type[models.Model], ...] = ()) -> None:
    _delete_with(found, (*above, found.model))
    for field in found.model._meta.concrete_fields:
        if isinstance(field, models.FileField):
            names = list(found.exclude(**{field.name: ""}).values_list(field.name, flat=True))
            transaction.on_commit(partial(_delete_files, field.storage, names))
    found._raw_delete(found.db)  # noqa: SLF001  # Django's own fast deletes use it, too


def _delete_files(storage: Storage, names: list[str]) -> None:
    for name in names:
        storage.delete(name)


def _erase_what_others_were_told(user: User) -> None:
    """Other people's notifications about what is theirs, which quote its title and its author's name."""
    for model in owned_models():
        keys = theirs(model, user).annotate(key=Cast("pk", models.CharField())).values("key")
        _delete(Notification.objects.filter(about_model=model._meta.label, about_id__in=keys))


def _erase_words(user: User) -> None:
    """What they wrote when they created something, and its answers."""
    for model in owned_models():
        asked = [model._meta.get_field(name) for name in model.asked]
        words: dict[str, Any] = {field.name: NAME for field in asked if isinstance(field, WORDS)}
        if issubclass(model, Declared):
            words["answers"] = {}
        if words:
            theirs(model, user).update(**words)


def _erase_account(user: User) -> None:
    user.email, user.display_name = f"erased-{user.pk}@erased.invalid", NAME
    user.time_zone = user.language = user.read_in = ""
    user.visible_to = Visibility.TEAM
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.forget_roles()
    user.save()
