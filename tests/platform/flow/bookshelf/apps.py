from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gradus.core import navigation


class BookshelfConfig(AppConfig):
    name = "tests.platform.flow.bookshelf"
    label = "bookshelf"

    def ready(self) -> None:
        entry = navigation.Entry(_("Borrowings"), shelf, order=40, shown=navigation.signed_in)
        navigation.register("main", "borrowings", entry)


def shelf(_request: object) -> str:
    return reverse("flow:list", args=["bookshelf.borrowing"])
