"""What a proxy says counts only when there is one of ours: uvicorn itself believes nobody."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from gradus.project.management.commands.serve import UVICORN
from gradus.project.paths import CHECKOUT
from tests.project.test_serve import free_port
from tests.waiting import until

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@pytest.fixture
def address() -> Iterator[str]:
    command, port = list(UVICORN), free_port()
    command[command.index("gradus.project.asgi:application")] = "tests.project.echo:echo"
    command += ["--lifespan", "off", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        until(lambda: _answers(f"http://127.0.0.1:{port}"), 60, "the server never answered")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.TransportError:
        return False


def test_uvicorn_believes_no_header_about_the_caller(address: str) -> None:
    assert UVICORN[0] == sys.executable
    assert httpx.get(address, headers=FORGED).json() == {"client": "127.0.0.1", "scheme": "http"}


@pytest.mark.parametrize("where", ["README.md", "docs/settings.md", "benchmarks/pages.py"])
def test_whoever_starts_uvicorn_says_so(where: str) -> None:
    assert "--no-proxy-headers" in Path(CHECKOUT, where).read_text()


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_a_request_id_comes_from_a_proxy_of_ours_only(
    client: Client, settings: Settings, proxies: int, believed: bool
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Request-ID": "edge-1234:abcd", "X-Forwarded-For": "203.0.113.9"}
    assert (client.get("/healthz", headers=headers)["X-Request-ID"] == "edge-1234:abcd") is believed


def test_only_with_a_proxy_of_ours_is_the_scheme_believed() -> None:
    from gradus.project.settings import base

    assert not hasattr(base, "SECURE_PROXY_SSL_HEADER")
