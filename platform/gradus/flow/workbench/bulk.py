"""One transition for many objects: asked once, decided one by one, answered with what was done and what was refused."""

from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import cached_property

from gradus import flow, policy
from gradus.core.durability import flushed_together
from gradus.core.reasons import About
from gradus.flow.asking import setting
from gradus.flow.attempts import attempt_each
from gradus.flow.choosing import Search
from gradus.flow.forms import form_for
from gradus.flow.models import Stateful
from gradus.flow.panels import search
from gradus.flow.params import Kind, Params
from gradus.flow.values import whole
from gradus.flow.verdicts import VIEW, no_such_step
from gradus.flow.workbench.foretelling import Outlook, foretell
from gradus.flow.workbench.item import ObjectView
from gradus.flow.workbench.listing import QueueView
from gradus.flow.workbench.moves import AT_MOST, BulkMove, bulk_moves


@dataclass
class Outcome:
    """What became of each: an object with its reasons when refused, and what they are about."""

    done: list[Stateful] = field(default_factory=list)
    refused: list[tuple[Stateful, list[str], About | None]] = field(default_factory=list)


class BulkView(ObjectView):
    template_name = "flow/workbench/bulk.html"
    more = False  # whether there are more that match than are taken at once

    def get(self, request: HttpRequest, transition: str) -> HttpResponse:
        """Reached by reloading or by hand: there is nothing chosen to go on with."""
        return HttpResponseRedirect("../../")

    def post(self, request: HttpRequest, transition: str) -> HttpResponse:
        move = self.move(transition)
        everything = "all" in request.POST and "confirmed" not in request.POST
        listing = self.listing() if everything else None
        if listing is not None and listing.unreadable:
            return self.page(move, Outlook([], []), unreadable=True, status=422)
        items = self.chosen() if listing is None else self.matching(listing, transition)
        if everything:
            self.more, items = len(items) > AT_MOST, items[:AT_MOST]
        if len(items) > AT_MOST:
            return self.page(move, Outlook([], []), too_many=True, status=422)
        outlook = foretell(items, transition, request.user, self.seen)
        params, found_at = self.params(transition, items), self.search(transition, outlook)
        if "confirmed" not in request.POST:
            return self.page(move, outlook, form=form_for(params, search=found_at))
        form = form_for(params, request.POST, request.FILES, uploader=request.user, search=found_at)
        if not form.is_valid():
            return self.page(move, outlook, form=form, status=422)
        return self.page(move, outlook, outcome=self.decide(transition, items, form.cleaned_data))

    def move(self, name: str) -> BulkMove:
        found = next((move for move in bulk_moves(self.bench, self.request.user) if move.name == name), None)
        if found is None:
            raise Http404
        return found

    def chosen(self) -> list[Stateful]:
        """The rows that were ticked, as far as the person may see them, in the order of the queue."""
        found = self.bench.visible_to(self.request.user).filter(pk__in=sorted(self.seen)[: AT_MOST + 1])
        return list(found.order_by("state_since", "pk"))

    def listing(self) -> QueueView:
        """As the person saw it."""
        request = copy(self.request)
        request.GET = QueryDict(self.request.POST.get("match", ""))
        listing = QueueView(bench=self.bench)
        listing.setup(request)
        return listing

    def matching(self, listing: QueueView, transition: str) -> list[Stateful]:
        """What the listing matches and the person may move so now, in its order; one more than are taken at once."""
        visible = policy.filter(listing.get_queryset(), VIEW, self.request.user)
        rows = flow.Rows.of(self.bench.model, transition, self.request.user)
        return list(rows.page(visible, 0, AT_MOST + 1))

    @cached_property
    def seen(self) -> dict[int, int | None]:
        """The keys that were sent, and the version each was seen in: the listing's boxes or our own page's pairs."""
        post = self.request.POST
        boxes = {whole(raw): whole(post.get(f"version-{raw}", "")) for raw in post.getlist("id")}
        pairs = (pair.partition(":") for pair in post.get("chosen", "").split()[: AT_MOST + 1])
        found = boxes | {whole(key): whole(version) for key, _colon, version in pairs}
        return {key: version for key, version in found.items() if key is not None}

    def params(self, transition: str, items: list[Stateful]) -> Params:
        """What the transition asks, over the kinds that were chosen; a file belongs to one object, so none is asked."""
        asked = Params()
        for machine in {machine.process: machine for machine in map(flow.machine, items)}.values():
            if transition in machine.moves:
                asked += machine.moves[transition].params
        asked = asked.given_to(setting(None, self.request.user))
        return Params(tuple(param.for_several() for param in asked if param.kind is not Kind.FILE))

    def search(self, transition: str, outlook: Outlook) -> Search | None:
        """Where people and objects are found: on behalf of the first of them that the person may move."""
        return search(outlook.items[0], transition) if outlook.items else None

    def decide(self, transition: str, items: list[Stateful], values: dict[str, Any]) -> Outcome:
        known = [item for item in items if transition in flow.machine(item).moves]
        outcome = Outcome(refused=[(item, [no_such_step()], None) for item in items if item not in known])
        with flushed_together():
            for item, tried in attempt_each(known, transition, by=self.request.user, values=values, seen=self.seen):
                if tried.done is None:
                    outcome.refused.append((item, tried.reasons, tried.about))
                else:
                    outcome.done.append(item)
        return outcome

    def page(
        self,
        move: BulkMove,
        outlook: Outlook,
        *,
        form: Any = None,
        outcome: Outcome | None = None,
        too_many: bool = False,
        unreadable: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        label = move.called(outlook.labels) or move.label
        self.page_title = label
        self.breadcrumbs_items = self.crumbs(("", label))
        context = {"bench": self.bench, "move": move, "label": label, "outlook": outlook, "form": form}
        context |= {"outcome": outcome, "too_many": too_many, "at_most": AT_MOST, "more": self.more}
        context["unreadable"] = unreadable
        context["pairs"] = " ".join(f"{item.pk}:{self.seen.get(item.pk) or item.version}" for item in outlook.items)
        return self.rendered(context, status=status)
