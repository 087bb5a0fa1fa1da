"""An order of flour that a book sends to an endpoint."""

from collections.abc import Callable, Iterator

import httpx
import pytest
import respx
from django.core.cache import cache

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow import events
from gradus.outgoing import services
from gradus.outgoing.models import Delivery, Endpoint
from tests.conftest import MakePerson
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order

URL = "https://shop.example.com/hooks"
ON_CLAIM = """
[[automations]]
id = "tell-the-shop"
on = "claim"
live = true
do = [{ webhook = "shop" }]
"""
Send = Callable[[], Delivery]


@pytest.fixture(autouse=True)
def nothing_polls() -> None:
    cache.clear()


@pytest.fixture
def rules() -> Iterator[None]:
    policy.active()  # finds the actions of every app
    text = (RULES / "flour.toml").read_text() + ON_CLAIM
    with policy.using(policy.load_texts({"flour.toml": text})):
        yield


@pytest.fixture
def endpoint(db: None) -> Endpoint:
    return services.create_endpoint(name="shop", url=URL)


@pytest.fixture
def admin(make_person: MakePerson) -> User:
    return make_person("Alma", Role.ADMIN)


@pytest.fixture
def happens(rules: None, endpoint: Endpoint, student: User, instructor: User) -> Send:
    """Make what the book sends happen, and give its delivery."""

    def happen() -> Delivery:
        order = flow.create(Order, "order", by=student, kind="flour", title="For bread", bags=3)
        flow.apply(order, "claim", by=instructor)
        events.deliver(flow.history(order).done().order_by("-version")[0].pk)
        return Delivery.objects.order_by("-pk")[0]

    return happen


@pytest.fixture
def shop() -> Iterator[respx.Route]:
    """The other service; it says yes until it is told otherwise."""
    with respx.mock(assert_all_called=False) as router:
        yield router.post(URL).mock(return_value=httpx.Response(200, text="thanks"))
