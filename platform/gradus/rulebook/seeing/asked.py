"""Whom an answer is about, who reads it, and when it is true."""

from dataclasses import dataclass
from datetime import datetime

from gradus.accounts.roles import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """`viewer` is the one who looks: what they may not view does not come to light."""

    actor: Actor
    viewer: Actor
    now: datetime
