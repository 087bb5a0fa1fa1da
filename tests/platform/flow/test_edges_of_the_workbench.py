"""What goes wrong at the edges of the workbench: too many people, too many rows, empty relations, files in bulk."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gradus.accounts.models import User
from gradus.flow import checks
from gradus.flow.forms import form_for
from gradus.flow.params import Kind, Param, Params
from gradus.flow.workbench.columns import label_of, reach, relations
from tests.platform.flow.bookshelf.models import Borrowing
from tests.platform.flow.mill.models import Order


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def test_a_process_that_never_loaded_the_admin_knows_the_workbenches() -> None:
    """A worker puts their addresses into mails."""
    asked = "from workflows.requests.models import Request; print(workbench_url(Request(pk=7)))"
    lines = f"import django; django.setup(); from gradus.flow.workbench.registry import workbench_url; {asked}"
    said = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=120)
    assert said.stdout.strip() == "/admin/requests/7/"


def test_a_path_over_a_relation_has_its_words_its_value_and_its_join(student: User) -> None:
    order = Order(author=student, title="Bread")
    assert label_of(Order, "author__email") == "Author · e-mail address"
    assert label_of(Order, "pk") == "Number"
    assert reach(order, "author__email") == student.email
    assert reach(order, "claimed_by__email") is None
    assert relations(Order, ("title", "author__email", "claimed_by")) == ["author", "claimed_by"]


def test_two_workflows_of_one_name_are_an_error() -> None:
    assert checks.twins([Borrowing, Order]) == []
    assert [problem.id for problem in checks.twins([Borrowing, Borrowing])] == ["flow.E006", "flow.E006"]


def test_a_good_file_is_kept_beside_a_bad_one(student: User) -> None:
    params = Params((Param(name="proofs", kind=Kind.FILE, label="Proofs", many=3),))
    good, bad = SimpleUploadedFile("good.txt", b"words"), SimpleUploadedFile("bad.exe", b"MZ\x00")
    form = form_for(params, {}, _Files([good, bad]), uploader=student)
    assert "bad.exe" in str(form.errors["proofs"])
    assert "good.txt" in str(form["proofs"])
    assert 'name="proofs-staged"' in str(form["proofs"])


class _Files(dict[str, Any]):
    """What a request's FILES are to a widget."""

    def __init__(self, uploads: list[Any]) -> None:
        super().__init__(proofs=uploads[-1])
        self.uploads = uploads

    def getlist(self, name: str) -> list[Any]:
        return self.uploads if name in self else []
