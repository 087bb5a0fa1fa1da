"""One id from the request to the log line, the task and the answer."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.core import correlation
from gradus.core.logs import CorrelationFilter, logging_settings
from gradus.core.tasks import enqueue


@pytest.fixture
def behind_a_proxy(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def test_a_sane_request_id_of_a_proxy_is_taken_and_answered(client: Client, behind_a_proxy: None) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "edge-1234:abcd"})
    assert answer["X-Request-ID"] == "edge-1234:abcd"


@pytest.mark.parametrize("odd", ["", "short", "a" * 65, "with space 12345", "new\tline12345", "<script>alert(1)"])
def test_any_other_is_replaced(client: Client, behind_a_proxy: None, odd: str) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": odd})["X-Request-ID"]
    assert answered != odd
    assert len(answered) == 32


def test_nothing_is_bound_after_the_request(client: Client) -> None:
    client.get("/healthz")
    assert correlation.current() == ""


def _line(style: str) -> str:
    parts = logging_settings(style, "INFO")
    config: dict[str, Any] = dict(parts["formatters"][style])
    factory = config.pop("()", None)
    if factory:
        from pythonjsonlogger.json import JsonFormatter

        formatter: logging.Formatter = JsonFormatter(config.pop("format"), **config)
    else:
        formatter = logging.Formatter(config["format"], style=config["style"])
    record = logging.LogRecord("gradus.test", logging.WARNING, __file__, 1, "seat %s gone", ("7",), None)
    CorrelationFilter().filter(record)
    return formatter.format(record)


def test_log_lines_carry_it_in_both_styles() -> None:
    with correlation.bind("edge-1234"):
        assert json.loads(_line("json"))["correlation"] == "edge-1234"
        assert "[edge-123] seat 7 gone" in _line("text")


def test_json_lines_name_time_level_and_logger() -> None:
    line = json.loads(_line("json"))
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "gradus.test", "seat 7 gone")
    assert line["time"].endswith("+00:00")


def test_secrets_in_links_are_not_logged(client: Client, caplog: pytest.LogCaptureFixture, db: None) -> None:
    with caplog.at_level(logging.INFO, logger="gradus.request"):
        client.get("/accounts/password/reset/key/7-secretkey/")
    assert "/accounts/password/reset/key/" in caplog.text
    assert "secretkey" not in caplog.text


class _Lines(logging.Handler):
    """What a log would show, with the id each line would carry."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(CorrelationFilter())
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def refusals() -> Iterator[list[logging.LogRecord]]:
    logger, lines = logging.getLogger("django.request"), _Lines()
    logger.addHandler(lines)
    yield lines.records
    logger.removeHandler(lines)


@pytest.mark.django_db
def test_an_address_cannot_begin_a_line_of_its_own(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/x%0d%0aINFO%20forged%1b[31m%00/")
    lines = [record.getMessage() for record in caplog.records if record.name == "gradus.request"]
    assert lines[0].startswith(r"GET /x\r\nINFO forged\x1b[31m\x00/ 404")


@pytest.mark.parametrize("path", ["/no-such-page/", "/api/v1/nothing", "/people/mode/"])
def test_the_line_of_a_refused_request_carries_its_id(
    client: Client, db: None, refusals: list[logging.LogRecord], path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code in {404, 405}
    assert [record.correlation for record in refusals] == [answer["X-Request-ID"]]  # type: ignore[attr-defined]


def test_a_refusal_is_one_line_without_a_traceback(
    client: Client, student: User, refusals: list[logging.LogRecord]
) -> None:
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 403
    [record] = refusals
    assert (record.levelname, record.exc_info) == ("WARNING", None)


seen: list[str] = []


def remember() -> None:
    seen.append(correlation.current())


def fail() -> None:
    raise RuntimeError("on purpose")


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


@pytest.mark.django_db
def test_a_task_runs_under_the_id_of_who_started_it() -> None:
    with correlation.bind("edge-1234"):
        enqueue(remember, sync=True)
        assert correlation.current() == "edge-1234"
    enqueue(remember, sync=True)
    assert seen[0] == "edge-1234"
    assert seen[1] not in ("", "edge-1234")
    assert correlation.current() == ""


@pytest.mark.django_db
def test_a_failing_task_leaves_nothing_bound() -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        enqueue(fail, sync=True)
    assert correlation.current() == ""


@pytest.mark.django_db
def test_the_id_waits_in_the_queue_with_the_task() -> None:
    with correlation.bind("edge-1234"):
        enqueue("tests.platform.core.test_correlation.remember", group="mails")
    package = SignedPackage.loads(OrmQ.objects.get().payload)
    assert (package["correlation"], package["group"]) == ("edge-1234", "mails")
    assert package["func"] == "tests.platform.core.test_correlation.remember"
