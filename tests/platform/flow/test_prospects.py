"""A kind is offered unless nothing one could fill in would make it possible; filing decides over what was filled in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.models import Attachment
from tests.platform.flow.conftest import RULES
from tests.platform.flow.mill.models import Order


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def ruled(mill_rules: policy.RuleSet, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """The flour book with other conditions on ordering."""
    row, forbid = request.param
    text = (RULES / "flour.toml").read_text()
    first = 'student    = "own"\ninstructor = "own"\nthen '
    assert first in text
    more = (
        f'student    = "{row}"\ninstructor = "own"\n{f"forbid = {chr(34)}{forbid}{chr(34)}" if forbid else ""}\nthen '
    )
    (tmp_path / "flour.toml").write_text(text.replace(first, more))
    with policy.using(policy.load(tmp_path)):
        yield


@pytest.mark.parametrize(
    ("ruled", "reason"),
    [
        (("own and small", ""), ""),
        (("obj.bags > 3 and obj.bags < 2", ""), ""),  # nothing certain, as long as nobody has typed
        (("obj.reviewer is not None and own", ""), ""),
        (("own", "not small"), ""),
        (("small or never", ""), ""),
        (("never and small", ""), "never"),
        (("not own and small", ""), "it is your own order"),
        (("small", "own"), "it is your own order"),
    ],
    indirect=["ruled"],
)
@pytest.mark.usefixtures("ruled")
def test_only_what_is_certain_stands_against_an_offer(student: User, reason: str) -> None:
    (offer,) = flow.creations(Order, student)
    assert offer.shown
    assert offer.allowed is (not reason), offer.reasons
    if reason != "never":
        assert reason in " ".join(offer.reasons).lower()


@pytest.mark.parametrize("ruled", [("own and small", "")], indirect=True)
@pytest.mark.usefixtures("ruled")
def test_filing_decides_over_what_was_typed_and_keeps_it_when_refused(client: Client, student: User) -> None:
    client.force_login(student)
    url = "/steps/mill.order/new/flour/"
    assert "cannot send this now" not in client.get(url).content.decode()
    typed = {"title": "For the fair", "bags": 101, "price": "12.50"}
    refused = client.post(url, {**typed, "proofs": SimpleUploadedFile("list.txt", b"all of them")})
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "more than a hundred bags" in html[html.index('id="id_bags_error"') :]
    assert all(f'value="{value}"' in html for value in typed.values())
    kept = Attachment.objects.get()
    assert f'name="proofs-staged" value="{kept.pk}" checked' in html
    assert not Order.objects.exists()
    assert client.post(url, {**typed, "bags": 100, "proofs-staged": str(kept.pk)}).status_code == 302
    assert Order.objects.get().answers == {"bags": 100, "price": 1250, "proofs": [str(kept.pk)]}


@pytest.mark.parametrize("ruled", [("own and small", "")], indirect=True)
@pytest.mark.usefixtures("ruled")
def test_programs_get_the_same_decision(client: Client, student: User) -> None:
    client.force_login(student)
    (offer,) = client.get("/api/v1/orders/creations").json()
    assert offer["allowed"]
    body = {"values": {"title": "For the fair", "bags": 101}}
    answer = client.post("/api/v1/orders/", body, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["reasons"] == ["there are more than a hundred bags"]
