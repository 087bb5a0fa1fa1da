"""404, 403, 400, 429 and 500: a page for people, a problem for programs, the same words."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from gradus.core import errors
from gradus.project import urls

pytestmark = pytest.mark.django_db


def deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Only the claimer decides.")


def miss(request: HttpRequest) -> HttpResponse:
    raise Http404("Request 7 of Ada does not exist")


def garble(request: HttpRequest) -> HttpResponse:
    raise BadRequest


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("password of gradus is hunter2")


def hurry(request: HttpRequest) -> HttpResponse:
    return errors.too_many_requests(request, retry_after=120)


VIEWS = {
    "deny": (deny, 403),
    "miss": (miss, 404),
    "garble": (garble, 400),
    "crash": (crash, 500),
    "hurry": (hurry, 429),
}
urlpatterns = [
    *(path(f"{prefix}{name}/", view) for prefix in ("", "api/") for name, (view, _status) in VIEWS.items()),
    path("", include(urls.urlpatterns)),
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def browser(settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", VIEWS)
def test_people_get_a_page_of_ours(browser: Client, name: str) -> None:
    answer = browser.get(f"/{name}/", headers={"Accept": "text/html"})
    assert answer.status_code == VIEWS[name][1]
    assert "g-fault" in answer.content.decode()


@pytest.mark.parametrize("name", VIEWS)
def test_programs_get_a_problem(browser: Client, name: str) -> None:
    for answer in (browser.get(f"/api/{name}/"), browser.get(f"/{name}/", headers={"Accept": "application/json"})):
        assert answer.status_code == VIEWS[name][1]
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == VIEWS[name][1]
        assert problem["request_id"] == answer["X-Request-ID"]
        assert problem["detail"]


def test_a_refusal_gives_its_reason_in_both(browser: Client) -> None:
    assert "Only the claimer decides." in browser.get("/deny/").content.decode()
    assert browser.get("/api/deny/").json()["reasons"] == ["Only the claimer decides."]


@pytest.mark.parametrize(("name", "secret"), [("miss", "Ada"), ("crash", "hunter2")])
def test_what_nobody_should_know_is_not_told(browser: Client, name: str, secret: str) -> None:
    assert secret not in browser.get(f"/{name}/").content.decode()
    assert secret not in browser.get(f"/api/{name}/").content.decode()


def test_too_often_says_when_to_come_back(browser: Client) -> None:
    answer = browser.get("/api/hurry/")
    assert answer["Retry-After"] == "120"
    assert "2 minutes" in answer.json()["detail"]


def test_an_expired_form_says_what_to_do(settings: Settings) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "a@b.c", "password": "x"})
    assert answer.status_code == 403
    assert "reload" in answer.content.decode()
