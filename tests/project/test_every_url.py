"""Every address of ours answers every role as it should. A new address without a line in ADDRESSES fails.

What every workflow gets for free is visited without a line: that a guest is sent away, and that nothing breaks.
Wagtail's, allauth's and Django's own addresses are left to their own tests.
"""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern

from gradus.flow import showing
from gradus.flow.registry import governed
from gradus.project import urls as project_urls
from gradus.rulebook import store
from tests.addresses import routes
from tests.cms.conftest import private_files
from tests.everything import make_everything
from tests.project.addresses import ADDRESSES
from tests.project.visiting import ROLES, Values, Visit, address_of, post, status_of

__all__ = ["private_files"]

OURS = ("gradus.", "workflows.", "cms.", "analytics.")
THEIRS = ("accounts/", "admin/", "django-admin/", "documents/", "_util/")


def _is_ours(route: str, pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "view_class", pattern.callback)
    named_by_us = pattern in project_urls.urlpatterns
    return named_by_us or str(getattr(view, "__module__", "")).startswith(OURS) or not route.startswith(THEIRS)


def _generated() -> dict[str, list[Visit]]:
    """The API and the workbench of a workflow that has no lines of its own yet."""
    at_the_desk, with_a_key = "302 * * * * *", "401 * * * * *"
    nobody: Values = lambda _everything: [0]  # noqa: E731
    found: dict[str, list[Visit]] = {}
    for word in (showing.slug(model) for model in governed()):
        found |= {
            f"admin/{word}/": [Visit(at_the_desk)],
            f"admin/{word}/results/": [Visit(at_the_desk)],
            f"admin/{word}/bulk/<slug:transition>/": [post(at_the_desk, lambda _everything: ["no-such-step"])],
            f"admin/{word}/<int:pk>/": [Visit(at_the_desk, nobody)],
            f"admin/{word}/<int:pk>/<slug:transition>/": [Visit(at_the_desk, lambda _everything: [0, "no-such-step"])],
            f"api/v1/{word}/": [Visit(with_a_key), post(with_a_key, data="{}")],
            f"api/v1/{word}/creations": [Visit(with_a_key)],
            f"api/v1/{word}/choices": [Visit(with_a_key)],
            f"api/v1/{word}/<int:pk>": [Visit(with_a_key, nobody)],
            f"api/v1/{word}/<int:pk>/history": [Visit(with_a_key, nobody)],
            f"api/v1/{word}/<int:pk>/transitions/<transition>": [
                post(with_a_key, lambda _everything: [0, "no-such-step"], "{}")
            ],
        }
    return {route: visits for route, visits in found.items() if route not in ADDRESSES and route in our_routes()}


def _only_of_tests(route: str) -> bool:
    """The API and the workbenches of the models that exist only for tests."""
    words = [showing.slug(model) for model in governed() if model.__module__.startswith("tests.")]
    return route.startswith(tuple(f"{place}/{word}/" for word in words for place in ("api/v1", "admin")))


def our_routes() -> set[str]:
    return {route for route, pattern in routes() if _is_ours(route, pattern) and not _only_of_tests(route)}


def test_no_address_is_forgotten_and_none_is_listed_in_vain() -> None:
    assert our_routes() == {*ADDRESSES, *_generated()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_it_should(role: str) -> None:
    everything = make_everything()
    client = Client(raise_request_exception=False)
    if role != "guest":
        client.force_login(everything.people[role], "django.contrib.auth.backends.ModelBackend")
    wrong = []
    for route, visits in {**ADDRESSES, **_generated()}.items():
        for visit in visits:
            address = address_of(route, visit.values(everything))
            status = status_of(client, address, visit, everything)
            if not visit.fits(role, status):
                wrong.append(f"{visit.method.upper()} {address}: {status}, not {visit.expected(role)}")
    assert not wrong, f"{role}:\n" + "\n".join(wrong)


FOR_ADMINISTRATORS = ("admin/rules/", "admin/audit/", "admin/automations/", "admin/webhooks/")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["acts as an instructor", "is one no more", "is deactivated"])
def test_no_page_of_the_rules_is_for_whoever_was_an_administrator(how: str) -> None:
    """Signed in, with every page open, when it came about."""
    everything = make_everything()
    admin, client = everything.people["admin"], Client(raise_request_exception=False)
    admin.groups.add(Group.objects.get(name="instructor"))
    client.force_login(admin, "django.contrib.auth.backends.ModelBackend")
    if how == "acts as an instructor":
        client.post("/people/mode/", {"role": "instructor"})
    elif how == "is one no more":
        admin.groups.remove(Group.objects.get(name="admin"))
    else:
        type(admin).objects.filter(pk=admin.pk).update(is_active=False)
    refused, wrong = (302 if how == "is deactivated" else 403), []
    standing = store.standing()
    for route in (route for route in ADDRESSES if route.startswith(FOR_ADMINISTRATORS)):
        for visit in ADDRESSES[route]:
            for method in ("get", "post"):
                address = address_of(route, visit.values(everything))
                status = status_of(client, address, replace(visit, method=method), everything)
                if status != refused:
                    wrong.append(f"{method.upper()} {address}: {status}")
    assert not wrong, "\n".join(wrong)
    assert store.standing() == standing
