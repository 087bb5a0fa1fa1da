"""One API over every governed model, built when the addresses are loaded."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import NinjaAPI

from gradus.flow import showing
from gradus.flow.api import files, problems, workflow
from gradus.flow.api.auth import KEY_OR_SESSION
from gradus.flow.api.schemas import IndexOut
from gradus.flow.registry import governed


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

    @api.get("/", auth=None, response=IndexOut, summary="The workflows there are", operation_id="index")
    def index(request: HttpRequest) -> dict[str, Any]:
        home = reverse("api:index")
        names = [showing.slug(model) for model in governed()]
        return {"openapi": reverse("api:openapi-json"), "workflows": {name: f"{home}{name}/" for name in names}}

    api.add_router(f"/{files.NAME}", files.router, tags=[files.NAME])
    for model in governed():
        api.add_router(f"/{showing.slug(model)}", workflow.router_for(model), tags=[showing.slug(model)])
    return api
