"""The routes of one workflow."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status
from ninja.errors import HttpError

from gradus import flow
from gradus.flow import attempts, choosing, filing, showing
from gradus.flow.api import bodies
from gradus.flow.api.auth import caller
from gradus.flow.api.paging import page_of
from gradus.flow.api.problems import RESPONSES
from gradus.flow.api.schemas import (
    ChoiceIn,
    ChoiceOut,
    CreationOut,
    HistoryOut,
    PageOut,
    ThingWithOffersOut,
    offered,
    record,
    thing,
    thing_with_offers,
)
from gradus.flow.models import Stateful
from gradus.flow.offering import Offer
from gradus.flow.params import Kind
from gradus.flow.values import LARGEST

After = Annotated[int, Field(ge=0, le=LARGEST, description="The `next` of the page before.")]
ERRORS = {"responses": RESPONSES}


def router_for(model: type[Stateful]) -> Router:
    router, name = Router(), showing.slug(model)
    for add in (_listing, _creations, _choices, _one, _history, _transitions):
        add(router, model, name)
    return router


def _listing(router: Router, model: type[Stateful], name: str) -> None:
    @router.get("/", response=PageOut, operation_id=f"list_{name}", openapi_extra=ERRORS)
    def listing(request: HttpRequest, state: str = "", after: After | None = None) -> Any:
        """What you may see, newest first; of one `state`, if you like."""
        found = showing.visible(model, caller(request)).order_by("-pk")
        if state and not any(state in machine.states for machine in flow.machines(model)):
            raise HttpError(422, _("There is no such state."))
        found = found.filter(state=state) if state else found
        return page_of(found if after is None else found.filter(pk__lt=after), "pk", thing)


def _creations(router: Router, model: type[Stateful], name: str) -> None:
    @router.get("/creations", response=list[CreationOut], operation_id=f"creations_{name}", openapi_extra=ERRORS)
    def creations(request: HttpRequest) -> Any:
        """What could be created, with what it asks; whether it is allowed may still depend on the values."""
        who = caller(request)
        return [offered(offer, who) for offer in filing.offered(model, who)]

    @router.post(
        "/",
        response={201: ThingWithOffersOut},
        operation_id=f"create_{name}",
        openapi_extra=bodies.creation_schema(model),
    )
    def create(request: HttpRequest) -> Any:
        """Create one: its `values`, the `kind` where there are kinds, the `transition` where there are several."""
        who = caller(request, writes=True)
        body = bodies.read(request)
        kind = filing.kind_asked(model, bodies.text_of(body, "kind"))
        offer = only_one(filing.offered(model, who), kind, bodies.text_of(body, "transition"))
        made = filing.file(model, offer, by=who, values=bodies.values_of(body))
        return Status(201, thing_with_offers(made, who))


def _choices(router: Router, model: type[Stateful], name: str) -> None:
    @router.get(
        "/choices",
        response=list[ChoiceOut],
        operation_id=f"choices_{name}",
        url_name=f"choices_{name}",
        openapi_extra=ERRORS,
    )
    def choices(request: HttpRequest, asked: Query[ChoiceIn]) -> Any:
        """The people or objects a parameter takes, by how their name begins: twenty at most.

        For those who may make that transition of the object `of`, or, without it, create one.
        """
        who = caller(request)
        item = None if asked.of is None else find(model, asked.of, who)
        offer = chosen_for(model, item, asked, who)
        if not offer.allowed:
            raise flow.Denied(offer.reasons).of(item, offer.name, offer.label, who)
        if asked.param not in offer.params or offer.params[asked.param].kind not in {Kind.PERSON, Kind.OBJECT}:
            raise Http404
        return choosing.search(offer.params[asked.param], asked.q, who)


def _one(router: Router, model: type[Stateful], name: str) -> None:
    @router.get("/{int:pk}", response=ThingWithOffersOut, operation_id=f"get_{name}", openapi_extra=ERRORS)
    def one(request: HttpRequest, pk: int) -> Any:
        """Its state, and what you may do with it now or why not."""
        who = caller(request)
        return thing_with_offers(find(model, pk, who), who)


def _history(router: Router, model: type[Stateful], name: str) -> None:
    @router.get("/{int:pk}/history", response=HistoryOut, operation_id=f"history_{name}", openapi_extra=ERRORS)
    def history(request: HttpRequest, pk: int, after: After = 0) -> Any:
        """What happened, oldest first."""
        item = find(model, pk, caller(request))
        found = flow.history(item).done().filter(version__gt=after).order_by("version")
        return page_of(found, "version", lambda entry: record(item, entry))


def _transitions(router: Router, model: type[Stateful], name: str) -> None:
    @router.post(
        "/{int:pk}/transitions/{transition}",
        response=ThingWithOffersOut,
        operation_id=f"apply_{name}",
        openapi_extra=bodies.transition_schema(),
    )
    def apply(request: HttpRequest, pk: int, transition: str) -> Any:
        """Make a transition with its `values`; `expect_version` refuses when somebody was first."""
        who = caller(request, writes=True)
        item = find(model, pk, who)
        if transition not in flow.machine(item).moves:
            raise Http404
        body = bodies.read(request)
        values, version = bodies.values_of(body), bodies.version_of(body)
        done = attempts.move(item, transition, by=who, values=values, expect_version=version)
        return thing_with_offers(done, who)


def find(model: type[Stateful], pk: int, who: Any) -> Stateful:
    found: Stateful | None = showing.visible(model, who).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def chosen_for(model: type[Stateful], item: Stateful | None, asked: ChoiceIn, who: Any) -> Offer:
    """The transition that asks, as it is offered to this person."""
    offers = filing.offered(model, who, kind=asked.kind) if item is None else flow.offers(item, who)
    found = next((offer for offer in offers if offer.name == asked.transition), None)
    if found is None:
        raise Http404
    return found


def only_one(offers: list[Offer], kind: str, transition: str) -> Offer:
    """The creation that is meant. What is left out must follow from what there is."""
    offers = _narrowed(offers, "kind", kind, lambda offer: offer.kind)
    return _narrowed(offers, "transition", transition, lambda offer: offer.name)[0]


def _narrowed(offers: list[Offer], word: str, wanted: str, of: Callable[[Offer], str]) -> list[Offer]:
    there = sorted({of(offer) for offer in offers})
    if not wanted and len(there) == 1:
        return offers
    found = [offer for offer in offers if of(offer) == wanted]
    if not found:
        words = {"word": word, "wanted": wanted, "there": ", ".join(there)}
        raise HttpError(422, _("There is no %(word)s “%(wanted)s”. There is: %(there)s.") % words)
    return found
