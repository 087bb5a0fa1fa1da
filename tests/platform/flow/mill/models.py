from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.db import models

from gradus import flow
from gradus.accounts.roles import Actor


class Mill(models.Model):
    name = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.name


class Stone(flow.Stateful):
    """A grindstone: a coded machine."""

    states = {"idle": ("Idle", "info"), "turning": "Turning", "worn": ("Worn out", "danger")}
    author_field = "miller"

    mill = models.ForeignKey(Mill, on_delete=models.CASCADE)
    miller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    grain = models.CharField(max_length=20, blank=True)
    turns = models.PositiveIntegerField(default=0)
    last_turned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")

    @flow.step(source="", target="idle", label="Set up")
    def set_up(self, *, mill: Mill) -> None:
        pass

    @flow.step(source="idle", target="turning", label="Turn", tone="success")
    def turn(self, *, grain: Annotated[str, flow.Ask(label="Grain", most=10)], by: Actor, note: str = "") -> None:
        self.grain = grain
        self.turns += 1
        self.last_turned_by = by.user

    @flow.step(source="turning", target="idle", label="Stop")
    def stop(self) -> None:
        pass

    @flow.step(source=["idle", "turning"], label="Oil")
    def oil(self) -> None:
        pass

    @flow.step(
        source=["idle", "turning"], target="worn", label="Retire", tone="danger", locks=lambda stone: stone.partners()
    )
    def retire(self, *, at: datetime) -> None:
        pass

    def partners(self) -> list["Stone"]:
        return list(Stone.objects.filter(mill=self.mill_id).exclude(pk=self.pk))


class Order(flow.Declared):
    """An order of flour: declared machines, one book per kind."""

    author_field = "author"
    asked = ("title",)

    title = models.CharField(max_length=80)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")

    def moved(self, name: str, *, by: Actor, at: datetime, params: Mapping[str, Any]) -> None:
        if name == "claim":
            self.claimed_by = by.user


class Closure(models.Model):
    """The mill grinds nothing for somebody meanwhile: their orders do not grow older."""

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.begins} to {self.ends}"
