"""Which version of the rules held a text, by the hash that decisions name."""

from collections.abc import Collection

from django.db.models import Min, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from gradus.flow.audit.versions import Kept
from gradus.rulebook import store
from gradus.rulebook.models import Version, hash_of


def kept(hashes: Collection[str]) -> dict[str, Kept]:
    """The version that first held each text; what was never published is as it was installed. One query."""
    wanted = {f"h{number}": found for number, found in enumerate(sorted(hashes))}
    texts = Version.objects.annotate(held=Cast("files", TextField()))
    first = texts.aggregate(**{key: Min("number", filter=Q(held__contains=found)) for key, found in wanted.items()})
    published = {wanted[key]: number for key, number in first.items() if number}
    return {**_installed(set(hashes) - published.keys()), **{each: _version(n) for each, n in published.items()}}


def _version(number: int) -> Kept:
    return Kept(_("Version %s") % number, reverse("rulebook_version", args=[number]))


def _installed(hashes: Collection[str]) -> dict[str, Kept]:
    """A text of the files, at its place on the page of all of them."""
    texts = {hash_of(text): file for file, text in store.files().items()} if hashes else {}
    page = reverse("rulebook_version", args=[0])
    return {each: Kept(_("as installed"), f"{page}#{texts[each]}") for each in hashes if each in texts}
