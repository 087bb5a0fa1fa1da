"""What a workflow says about its workbench, in about ten lines; the pages come from here."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.text import capfirst
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from gradus import flow
from gradus.accounts.selectors import unnamed
from gradus.flow import showing
from gradus.flow.errors import Text
from gradus.flow.models import Stateful
from gradus.flow.queues import in_words
from gradus.flow.workbench import menu
from gradus.flow.workbench.bulk import BulkView
from gradus.flow.workbench.columns import is_person, label_of, relations
from gradus.flow.workbench.item import ItemView, TransitionView
from gradus.flow.workbench.listing import QueueView


class Workbench(ViewSet):
    """The pages of one workflow. Every write goes through `flow.apply`: there is no add, edit, copy or delete.

    `columns`, `exports` and `details` name fields or paths (`author`, `author__email`), and what they need is joined;
    `search` names the fields searched, `filters` further fields to filter by, `related` further relations to join.
    Without `exports` the columns are exported. `labels` and `title` are what staff call fields and the whole, where
    the model's own words are those of whoever files.
    """

    model: ClassVar[type[Stateful]]
    columns: ClassVar[tuple[str, ...]] = ("__str__",)
    details: ClassVar[tuple[str, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[tuple[str, ...]] = ()
    exports: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    waits = True  # whether anything in it ever waits for somebody
    labels: ClassVar[Mapping[str, Text]] = {}
    title: ClassVar[Text] = ""
    icon = "tasks"
    menu_order = 100
    add_to_admin_menu = True

    @property
    def name(self) -> str:
        return showing.slug(self.model)

    @property
    def url_namespace(self) -> str:
        return f"workbench_{self.model._meta.label_lower.replace('.', '_')}"

    @property
    def menu_label(self) -> str:
        return capfirst(str(self.title or self.model._meta.verbose_name_plural))

    def label_of(self, path: str) -> str:
        """What staff call a field or path."""
        return str(self.labels.get(path) or label_of(self.model, path))

    @property
    def index_path(self) -> str:
        """Where its pages begin, for templates."""
        return reverse(self.get_url_name("index"))

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        return menu.WorkbenchMenuItem(self, order=order or self.menu_order)

    def visible_to(self, user: Any) -> models.QuerySet[Any]:
        """Everything of this workflow the person may see, with what a row shows joined."""
        return self.joined(showing.visible(self.model, user))

    def waiting_count(self, request: HttpRequest) -> str:
        """How many things wait for the person who looks: asked once for the menu and the page."""
        counts = _counts(request)
        if self.name not in counts:
            counts[self.name] = flow.waiting_count(self.model, request.user)
        return counts[self.name]

    def counted_label(self, request: HttpRequest) -> str:
        """Its name in the menu, with what waits for the person who looks."""
        count = self.waiting_count(request)
        return self.menu_label if count == "0" else f"{self.menu_label} ({count})"

    def keep_waiting_count(self, request: HttpRequest, found: int) -> None:
        """The page has counted what waits already; the menu need not ask again."""
        _counts(request)[self.name] = in_words(found)

    def joined(self, found: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """With what showing its rows takes; of people no more than their names, unless a path asks for it."""
        shown = (*self.columns, *self.exports, *self.details)
        names = [*self.related, *relations(self.model, shown)]
        people = [name for name in names if is_person(self.model, name)]
        left_out = [path for path in unnamed(*people) if path not in shown]
        return found.select_related(*names).defer(*left_out) if names else found

    def may_enter(self, user: Any) -> bool:
        """Whether any rule lets this person's role see anything here: the pages answer 403 otherwise."""
        return not showing.visible(self.model, user).query.is_empty()

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.construct_view(QueueView, bench=self), name="index"),
            path("results/", self.construct_view(QueueView, bench=self, results_only=True), name="index_results"),
            path("bulk/<slug:transition>/", self.construct_view(BulkView, bench=self), name="bulk"),
            path("<int:pk>/", self.construct_view(ItemView, bench=self), name="item"),
            path("<int:pk>/<slug:transition>/", self.construct_view(TransitionView, bench=self), name="transition"),
        ]


def _counts(request: HttpRequest) -> dict[str, str]:
    counts: dict[str, str] = request.__dict__.setdefault("_waiting_counts", {})
    return counts
