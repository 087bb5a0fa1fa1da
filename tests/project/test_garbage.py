"""Whatever somebody writes behind an address, or sends to it, gets an answer that is no fault of ours."""

from dataclasses import replace
from itertools import cycle

import pytest
from django.test import Client

from tests.cms.conftest import private_files
from tests.everything import Everything, make_everything
from tests.project.addresses import ADDRESSES
from tests.project.visiting import Visit, address_of, status_of

__all__ = ["private_files"]

ODD = (
    *(
        "\0",
        "9" * 400,
        "-1",
        "\uff19",
        "\u00b2",
        "\u0663",
        "1e400",
        "NaN",
        "[]",
        "{}",
        "null",
        "x" * 5000,
        "\u202e\u2028",
        "%00",
    ),
    *("9223372036854775808", "2147483648", "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "0001-01-01", "9999-12-31"),
)
# What our pages read of what follows an address, or is sent to it.
NAMES = (
    *("actor", "after", "as", "at", "before", "book", "change", "course", "current_state"),
    *("export", "field-amount", "field-zzz", "file", "go_live_at", "id", "kind", "label", "last"),
    *("max", "min", "model", "name", "next", "note", "number", "object", "of"),
    *("ordering", "outcome", "p", "page", "param", "period", "person", "pk", "process"),
    *("q", "role", "scope", "search", "seen", "selected", "since", "state", "state-submitted"),
    *("state-zzz", "status", "text", "title", "to", "transition", "until", "user", "value"),
    *("values", "version", "created_at_from"),
)
PLACES = (
    *("admin/rules/", "admin/audit/", "admin/automations/", "admin/requests/", "admin/progress"),
    *("steps/", "requests/", "api/v1/", "people/", "notifications/"),
)


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_one_can_write_is_a_fault_of_ours(method: str) -> None:
    everything = make_everything()
    client = Client(raise_request_exception=False)
    client.force_login(everything.people["admin"], "django.contrib.auth.backends.ModelBackend")
    wrong = []
    for (address, visit), value in zip(visits(everything), cycle(ODD), strict=False):
        sent = replace(visit, method=method, data=dict.fromkeys(NAMES, value))
        status = status_of(client, address, sent, everything)
        if status >= 500:
            wrong.append(f"{method.upper()} {address} with {value[:20]!r}: {status}")
    assert not wrong, "\n".join(wrong)


def visits(everything: Everything) -> list[tuple[str, Visit]]:
    """Each address once."""
    found = {}
    for route in (route for route in ADDRESSES if route.startswith(PLACES)):
        for visit in ADDRESSES[route]:
            found.setdefault(address_of(route, visit.values(everything)), visit)
    return list(found.items())
