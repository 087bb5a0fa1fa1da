"""Nothing is sent into our own network, whatever a name says it is."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from gradus.outgoing import addresses, sending

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::1", "nonsense",
]  # fmt: skip
Answers = Callable[..., str]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside(address: str) -> None:
    assert not addresses.is_outside(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_what_is_outside(address: str) -> None:
    assert addresses.is_outside(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/", "https://127.0.0.1/", "https://localhost:8443/", "https://[::1]/", "https://10.0.0.1/",
        "https://me:secret@shop.example.com/", "https://shop.example.com/#there", "http://127.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_refused(url: str, settings: Any) -> None:
    with pytest.raises(ValidationError):
        addresses.check(url)


def test_inside_is_allowed_where_the_setting_says_so(settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = True
    for url in ("http://127.0.0.1:9000/", "http://localhost/", "http://[::1]/", "https://10.0.0.1/"):
        addresses.check(url)
    for url in ("http://10.0.0.1/", "http://shop.example.com/"):
        with pytest.raises(ValidationError):
            addresses.check(url)


@pytest.fixture
def server() -> Iterator[Answers]:
    """A server on this machine; give it what to answer and get its address."""
    answer: dict[str, Any] = {}
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(answer["status"])
            self.send_header("content-length", str(len(answer["body"])))
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        running = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        running.start()

        def answers(status: int, body: bytes = b"") -> str:
            answer.update(status=status, body=body)
            return f"http://127.0.0.1:{listening.server_port}/hook"

        answers.seen = seen  # type: ignore[attr-defined]
        yield answers
        listening.shutdown()
        running.join()


def test_an_address_inside_is_not_even_connected_to(server: Answers) -> None:
    answer = sending.post(server(200), {}, "{}")
    assert answer.status is None
    assert answer.error == "ConnectError: 127.0.0.1 is inside our own network, where nothing is sent."
    assert server.seen == []  # type: ignore[attr-defined]


def test_a_name_that_leads_inside_is_refused_too(server: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(server(200).rsplit(":", 1)[1].split("/")[0])

    def both(host: str, _port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    answer = sending.post(f"http://shop.example.com:{port}/", {}, "{}")
    assert "shop.example.com is inside our own network" in answer.error
    assert server.seen == []  # type: ignore[attr-defined]


def test_where_it_is_allowed_it_arrives_and_the_answer_is_shortened(server: Answers, settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = True
    answer = sending.post(server(201, b"\xff\x00" + b"x" * 100_000), {}, "{}")
    assert (answer.status, len(answer.text), answer.text[0]) == (201, sending.KEPT - 1, "\ufffd")


def test_an_answer_that_never_ends_is_not_waited_for(
    server: Answers, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_INSIDE = True
    monkeypatch.setattr(sending, "LONGEST", -1)
    monkeypatch.setattr(sending, "KEPT", 10)
    assert len(sending.post(server(200, b"x" * 1000), {}, "{}").text) == 10


def test_a_name_nobody_knows_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_more: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "Name or service not known" in sending.post("https://nobody.example/", {}, "{}").error
