"""Every text that rules are refused or doubted with, read from the sources: the templates of `phrase`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from gradus.project.paths import CHECKOUT

HOLE = "…"
IMPORTS = re.compile(r"(?m)^from gradus\.policy\.errors import .*\bRuleError\b")
POLICY = CHECKOUT / "platform/gradus/policy"
DOUBTS = ("doubts.py", "idle.py", "unused.py")
GATE = ("gate.py", "shape.py", "editions.py", "publishing.py", "books/publishing.py")
RAISED = ("RuleError",)


def errors() -> set[str]:
    """What a book is refused with: in the policy itself, and by every app that registers an action."""
    return {text for path in _sources() if path.name not in DOUBTS for text in _texts(path)} - doubts()


def doubts() -> set[str]:
    """What a book is doubted for."""
    found = {text for name in DOUBTS for text in _yielded(ast.parse((POLICY / name).read_text()))}
    found.update(_texts(POLICY / "unused.py"))
    checks = ast.parse((POLICY / "checks.py").read_text())
    warnings = next(each for each in checks.body if isinstance(each, ast.FunctionDef) and each.name == "warnings")
    return found | {
        text for each in ast.walk(warnings) if isinstance(each, ast.Assign) for text in _written(each.value)
    }


def objections() -> set[str]:
    """What stands against a publish, before it is translated."""
    found: set[str] = set()
    for name in GATE:
        for node in ast.walk(ast.parse((CHECKOUT / "platform/gradus/rulebook" / name).read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found.update(_said(str(text)) for text in map(ast.literal_eval, node.args))
    return found


def _said(text: str) -> str:
    """Python's placeholders are holes too."""
    parts, rest = [], text
    while "%" in rest:
        before, _percent, after = rest.partition("%")
        parts.append(before)
        rest = after[1:] if not after.startswith("(") else after.partition(")")[2][1:]
    return HOLE.join([*parts, rest])


def _sources() -> list[Path]:
    everywhere = [*(CHECKOUT / "platform/gradus").rglob("*.py"), *(CHECKOUT / "workflows").rglob("*.py")]
    return [path for path in everywhere if path.parent == POLICY or IMPORTS.search(path.read_text())]


def _texts(path: Path) -> Iterator[str]:
    module = ast.parse(path.read_text())
    every = [each for each in ast.walk(module) if isinstance(each, ast.FunctionDef)]
    functions = {each.name: each for each in every}
    for function in every:
        local: dict[str, list[ast.expr]] = {}
        for each in (each for each in ast.walk(function) if isinstance(each, ast.Assign)):
            for target in (target for target in each.targets if isinstance(target, ast.Name)):
                local.setdefault(target.id, []).append(each.value)
        for call in (each for each in ast.walk(function) if isinstance(each, ast.Call)):
            if (written := _argument(call)) is not None:
                yield from _resolved(written, local, functions)
        yield from (text for text in _yielded(function) if path.name == "definitions.py")


def _argument(call: ast.Call) -> ast.expr | None:
    """The text of `RuleError(text)`, `source.report(path, text)` and `Problem(file, line, key, text)`."""
    match call.func, call.args:
        case ast.Name(id="RuleError" | "EchoError"), [text]:
            return text
        case ast.Attribute(attr="report"), [_path, text]:
            return text
        case ast.Name(id="Problem" | "_problem"), [_book, _line, _key, text]:
            return text
    return None


def _resolved(
    written: ast.expr, local: dict[str, list[ast.expr]], functions: dict[str, ast.FunctionDef]
) -> Iterator[str]:
    """Through a variable of the same function, and through a function of the same file that makes the text."""
    match written:
        case ast.Name(id=name) if name in local:
            for each in local[name]:
                yield from _written(each)
        case ast.Call(func=ast.Name(id=name)) if name in functions:
            for each in ast.walk(functions[name]):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield from _written(each.value)
        case _:
            yield from _written(written)


def _yielded(tree: ast.AST) -> Iterator[str]:
    """`yield "text"` and `yield key, "text"`."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Yield) and each.value is not None:
            last = each.value.elts[-1] if isinstance(each.value, ast.Tuple) else each.value
            yield from _written(last)


def _written(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id="phrase"), args=[ast.Constant(value=str(template)), *_]):
            yield merged("".join(said + HOLE * (hole is not None) for said, hole, *_ in Formatter().parse(template)))
        case ast.Constant(value=str(text)) if " " in text:
            raise AssertionError(f"write this with phrase, so that it can be translated: {text}")
        case (
            ast.JoinedStr()
            | ast.BinOp(left=ast.Constant(value=str()))
            | ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format"))
        ):
            raise AssertionError(f"write this with phrase, so that it can be translated: {ast.unparse(node)}")


def merged(text: str) -> str:
    """Two holes beside each other are one."""
    while HOLE + HOLE in text:
        text = text.replace(HOLE + HOLE, HOLE)
    return text
