"""Production refuses to start half-configured, and is quiet under `check --deploy` when it is configured."""

import os
import subprocess
import sys

import pytest

from gradus.project.paths import CHECKOUT

WELL = {
    "GRADUS_SECRET_KEY": "tW0-7f3kqP5rZ1xY9vB2nM4cL6jH8gD0sA-eRuIoPqWzXcVbNm",
    "PAYMENTS_MODE": "stripe",
    "GRADUS_URL": "https://academy.example",
}


def run(*command: str, **changed: str | None) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "gradus.project.settings.production"}
    environment |= {name: value for name, value in (WELL | changed).items() if value is not None}
    return subprocess.run(
        [sys.executable, *command], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )


def start(**changed: str | None) -> "subprocess.CompletedProcess[str]":
    return run("-c", "from django.conf import settings; settings.DEBUG", **changed)


def test_it_starts_when_configured() -> None:
    assert start().returncode == 0, start().stderr


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"GRADUS_SECRET_KEY": None}, "GRADUS_SECRET_KEY is not set"),
        ({"GRADUS_DEBUG": "yes"}, "GRADUS_DEBUG is on"),
        ({"PAYMENTS_MODE": None}, "PAYMENTS_MODE=demo"),
        ({"PAYMENTS_MODE": "demo"}, "PAYMENTS_MODE=demo"),
        ({"PAYMENTS_MODE": "free"}, "expected one of demo, stripe, off"),
        ({"GRADUS_URL": None}, "https:// address"),
        ({"GRADUS_URL": "http://academy.example"}, "https:// address"),
    ],
)
def test_it_refuses_with_one_sentence(changed: dict[str, str | None], words: str) -> None:
    ran = start(**changed)
    assert ran.returncode != 0
    assert words in ran.stderr.strip().splitlines()[-1]


def test_check_deploy_has_no_warning() -> None:
    ran = run("-m", "gradus.project", "check", "--deploy", "--fail-level", "WARNING", "--tag", "security")
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout


def test_staff_need_a_second_factor_unless_it_is_switched_off() -> None:
    show = "from django.conf import settings; print(settings.STAFF_SECOND_FACTOR)"
    assert run("-c", show).stdout.strip() == "True"
    assert run("-c", show, GRADUS_STAFF_SECOND_FACTOR="no").stdout.strip() == "False"


def test_a_proxy_is_believed_only_when_there_is_one() -> None:
    show = "from django.conf import settings; print(getattr(settings, 'SECURE_PROXY_SSL_HEADER', None))"
    assert run("-c", show).stdout.strip() == "None"
    assert "HTTP_X_FORWARDED_PROTO" in run("-c", show, GRADUS_PROXIES="1").stdout
