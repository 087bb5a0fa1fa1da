"""What axe finds on a page, said so that one can act on it."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {
    "resultTypes": ["violations"],
    "preload": False,  # axe would put style sheets into the page, which the content security policy refuses
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def violations(page: Page, within: str | None = None, *, only: list[str] | None = None) -> list[str]:
    """One line for each element that breaks a rule, optionally only inside a selector, or only some rules."""
    where = {"include": [[within or "html"]], "exclude": [["wagtail-userbar"]]}  # an editor's tool, not ours
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = RULES | ({"runOnly": only} if only else {})
    found = page.evaluate("([where, options]) => axe.run(where, options)", [where, options])["violations"]
    return [_line(rule, node) for rule in found for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    notes = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
    return f"{rule['id']}: {' '.join(map(str, node['target']))}: {'; '.join(notes) or rule['help']}"


def axe(page: Page, within: str | None = None) -> None:
    """Fail unless axe finds nothing."""
    found = violations(page, within)
    assert not found, f"{page.url}\n" + "\n".join(found)
