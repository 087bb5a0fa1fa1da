from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gradus import flow


class Borrowing(flow.Declared):
    author_field = "reader"
    asked = ("title",)

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("book"), max_length=80)

    def __str__(self) -> str:
        return self.title
