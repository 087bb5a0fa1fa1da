"""States change through the protocol and nowhere else: the source itself is read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FLOW = ROOT / "platform" / "gradus" / "flow"
KEPT = {"state", "version", "state_since"}
BY_HAND = {"change_state", "set_state"}


def sources() -> Iterator[Path]:
    for folder in ("platform", "workflows", "cms", "analytics"):
        for path in (ROOT / folder).rglob("*.py"):
            if FLOW not in path.parents and "migrations" not in path.parts:
                yield path


def offences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="state" | "state_since", ctx=ast.Store()):
                yield f"line {node.lineno}: writes .{node.attr}"
            case ast.Call(func=ast.Attribute(attr="update" | "aupdate" | "update_or_create"), keywords=keywords):
                yield from (
                    f"line {node.lineno}: .update({word.arg}=…)" for word in keywords if word.arg in KEPT - {"version"}
                )
            case ast.Call(func=ast.Attribute(attr="bulk_update"), args=[_, ast.List(elts=names), *_]):
                written = {name.value for name in names if isinstance(name, ast.Constant)}
                yield from (f"line {node.lineno}: bulk_update of {name}" for name in written & KEPT)
            case ast.Call(func=ast.Attribute(attr=name)) if name in BY_HAND:
                yield f"line {node.lineno}: {name}()"
            case ast.ImportFrom(module="django_fsm", names=names):
                yield f"line {node.lineno}: imports {names[0].name} of django_fsm"
            case ast.Constant(value=str(value)) if "__dict__" in value and "state" in value:
                yield f"line {node.lineno}: {value}"


def test_no_code_outside_flow_writes_a_state_or_transitions_by_hand() -> None:
    found = [
        f"{path.relative_to(ROOT)} {offence}"
        for path in sources()
        for offence in offences(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "request.state = 'approved'",
        "Request.objects.filter(pk=1).update(state='approved')",
        "Request.objects.bulk_update(found, ['state'])",
        "Request._meta.get_field('state').set_state(request, 'approved')",
        "from django_fsm import transition",
    ],
)
def test_the_reader_sees_each_way_around(text: str) -> None:
    assert list(offences(ast.parse(text)))


def test_permissions_are_never_given_to_django_fsm_as_strings() -> None:
    """It would ask again without the object, and an “unless it is your own” rule would let everybody through."""
    for path in FLOW.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "transition":
                assert {word.arg for word in node.keywords} <= {"field", "source", "target"}
