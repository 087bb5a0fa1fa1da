"""The grid of preferences: a row for each topic, a box for each channel."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import transaction

from gradus.accounts.models import User
from gradus.notify import selectors, services
from gradus.notify.models import Channel
from gradus.notify.topics import Topic


class PreferencesForm(forms.Form):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.grid = selectors.preference_grid(user)
        for topic, channels in self.grid:
            for channel, wanted in channels.items():
                self.fields[f"{topic.name}:{channel}"] = forms.BooleanField(
                    label=f"{topic.label}: {channel.label}", required=False, initial=wanted
                )

    def rows(self) -> Iterator[tuple[Topic, list[forms.BoundField]]]:
        for topic, channels in self.grid:
            yield topic, [self[f"{topic.name}:{channel}"] for channel in channels]

    @property
    def channels(self) -> list[Channel]:
        return list(Channel)

    @transaction.atomic
    def save(self) -> None:
        for name, wanted in self.cleaned_data.items():
            topic, channel = name.rsplit(":", 1)
            services.choose(self.user, topic=topic, channel=Channel(channel), wanted=wanted)
