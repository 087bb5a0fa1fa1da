"""One API over every governed model, built when the addresses are loaded."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router, Status
from ninja.errors import HttpError

from gradus import flow
from gradus.flow import showing
from gradus.flow.api import bodies, paging, problems
from gradus.flow.api.auth import KEY_OR_SESSION, caller
from gradus.flow.api.schemas import PageOut, RecordOut, ThingWithOffersOut, record, thing_with_offers
from gradus.flow.models import Declared, Stateful
from gradus.flow.registry import governed

HISTORY = 500


def build_api() -> NinjaAPI:
    api = NinjaAPI(
        title="Gradus",
        version="1",
        description="Every workflow of the academy. Errors are problem+json with the reasons people see.",
        urls_namespace="api",
        docs_url=None,  # its page runs scripts our policy refuses; the schema itself is at openapi.json
        auth=KEY_OR_SESSION,
    )
    problems.install(api)

    @api.get("/", auth=None, summary="The workflows there are", operation_id="index")
    def index(request: HttpRequest) -> dict[str, Any]:
        names = [showing.slug(model) for model in governed()]
        return {"openapi": "/api/v1/openapi.json", "workflows": {name: f"/api/v1/{name}/" for name in names}}

    for model in governed():
        api.add_router(f"/{showing.slug(model)}", router_for(model), tags=[showing.slug(model)])
    return api


def router_for(model: type[Stateful]) -> Router:
    """The routes of one workflow."""
    router, name = Router(), showing.slug(model)

    @router.get("/", response=PageOut, operation_id=f"list_{name}", summary="What you may see, newest first")
    def listing(request: HttpRequest, state: str = "", after: str = "") -> Any:
        found = showing.visible(model, caller(request))
        return paging.page_of(found.filter(state=state) if state else found, after)

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
        kind = str(body.get("kind", "")) if issubclass(model, Declared) else ""
        first = str(body.get("transition", "")) or creation_name(model, kind)
        values = bodies.values_of(body)
        refuse_unasked(model, kind, first, values)
        try:
            made = flow.create(model, first, by=who, kind=kind, **values)
        except IntegrityError:
            raise HttpError(409, _("There is one like it already.")) from None
        return Status(201, thing_with_offers(made, who))

    @router.get("/{int:pk}", response=ThingWithOffersOut, operation_id=f"get_{name}", summary="State and offers")
    def one(request: HttpRequest, pk: int) -> Any:
        who = caller(request)
        return thing_with_offers(find(model, pk, who), who)

    @router.get("/{int:pk}/history", response=list[RecordOut], operation_id=f"history_{name}", summary="What happened")
    def history(request: HttpRequest, pk: int) -> Any:
        item = find(model, pk, caller(request))
        return [record(item, entry) for entry in flow.history(item).filter(outcome="done")[:HISTORY]]

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
        version = bodies.version_of(body)
        done = flow.apply(item, transition, by=who, expect_version=version, **bodies.values_of(body))
        return thing_with_offers(done, who)

    return router


def find(model: type[Stateful], pk: int, who: Any) -> Stateful:
    found: Stateful | None = showing.visible(model, who).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def refuse_unasked(model: type[Stateful], kind: str, name: str, values: dict[str, Any]) -> None:
    """Code may fill further columns when it creates; callers of the API give what is asked, and nothing else."""
    known = flow.machine(model, kind).moves
    if name not in known:
        raise Http404
    if errors := {each: _("This is not asked for.") for each in values if each not in known[name].params}:
        raise ValidationError(errors)


def creation_name(model: type[Stateful], kind: str) -> str:
    """The only way in, when there is one."""
    try:
        moves = flow.machine(model, kind).creations()
    except LookupError:
        words = {"kind": kind, "kinds": ", ".join(its.process for its in flow.machines(model))}
        raise HttpError(422, _("There is no kind “%(kind)s”. The kinds are: %(kinds)s.") % words) from None
    if len(moves) != 1:
        raise HttpError(422, _("Name the transition: %(names)s.") % {"names": ", ".join(move.name for move in moves)})
    return moves[0].name
