from django.conf import settings
from django.db import models

from gradus import flow


class Loan(flow.Declared):
    author_field = "reader"
    asked = ("title",)

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("book", max_length=80)

    def __str__(self) -> str:
        return self.title
