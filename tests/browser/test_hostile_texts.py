"""Whatever people and books write is shown as it is written: no page takes any of it for markup, script or template."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect
from pytest_django import Settings

from gradus import flow
from gradus.flow.models import TransitionRecord
from gradus.flow.staging import stage
from gradus.rulebook import editions, publishing, store
from gradus.rulebook.models import BookDraft
from tests.cms.conftest import private_files
from tests.everything import Everything, make_everything
from tests.platform.rulebook.conftest import REFUND, in_force
from workflows.requests.models import Request

__all__ = ["in_force", "private_files"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("live", "in_force")]

HOSTILE = "'\"><x-p></x-p><img src=x onerror=p()></textarea></script><svg onload=p()>{{7*7}}\u202e"
LINKS = ' javascript:p() https://x.example/"onclick=p()'
MAPPING = (
    "state-submitted=submitted&state-in_review=in_review&state-rejected=rejected&field-amount=amount"
    "&field-reason=reason&field-order=receipt&field-files=files"
)
TEXT = re.compile(r'(\w+)(\s*= )"([^"]*)"')
TEXTS = {"title", "label", "help", "done", "confirm", "yes", "no", "say"}
TOLD = """
[[automations]]
id   = "tell"
on   = "submit"
live = true
do   = [{{ notify = "author", subject = {subject}, text = {text} }}]
"""
# What the texts would have made of the page. Of what is shown, one sees that they are there at all.
INJECTED = """() => [
    ...document.querySelectorAll("x-p, img[src=x], svg[onload], [onerror], [onclick], a[href^='javascript:' i]")]
    .map((one) => one.outerHTML.slice(0, 200)).concat(window.taken ? ["a script ran"] : [])"""
SHOWN = "() => document.body.innerText.includes('{{7*7}}')"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def hostile(text: str) -> str:
    """The book with every text that people read made hostile."""

    def spoilt(found: re.Match[str]) -> str:
        key, between, said = found.groups()
        named = key in TEXTS or said[:1].isupper()  # states and choices have names of their own
        return f"{key}{between}{quoted(said + HOSTILE)}" if named else found[0]

    told = TOLD.format(subject=quoted("{title}" + HOSTILE), text=quoted("{reader} {kind}" + HOSTILE + LINKS))
    return TEXT.sub(spoilt, text) + told


@pytest.fixture
def academy(live: str, settings: Settings, tmp_path: Path) -> Everything:
    """Everything there is, written by somebody hostile; a hostile second edition; a file that moved on as well."""
    found = make_everything(lambda said: f"{said} {HOSTILE}")
    admin, student = found.people["admin"], found.people["student"]
    text = hostile(store.files()[REFUND])
    publishing.publish({REFUND: text}, by=admin, note=f"First {HOSTILE}")
    named = SimpleUploadedFile("'\"><x-p><img src=x onerror=p()>{{7*7}}.txt", b"one, two")
    file = stage(named, owner=student)
    answers = {"amount": 100, "reason": "unused", "order": HOSTILE, "files": [file.pk]}
    filed = flow.create(Request, "submit", by=student, kind="refund", title=HOSTILE, text=HOSTILE, **answers)
    found.requests["hostile"] = filed
    second = editions.begin(text.replace("[process.fields.order]", "[process.fields.receipt]"), 2)
    assert second is not None
    publishing.publish({REFUND: second}, by=admin, note=f"Second {HOSTILE}")
    publishing.freeze("requests.Request/bug", by=admin, note=f"Frozen {HOSTILE}")
    draft = BookDraft.objects.get(file=REFUND)
    draft.text, draft.note = second.replace("allow = 3", "allow = 2").replace('admin      = "free"\n', ""), HOSTILE
    draft.save_revision(user=admin)
    for name, written in store.files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(written.replace('title = "Refund"', f"title = {quoted(HOSTILE)}"))
    settings.RULES_DIR = tmp_path
    return found


def places(academy: Everything) -> dict[str, list[str]]:
    """Whose pages show what was written, by person."""
    filed, book = academy.requests["hostile"].pk, academy.book.pk
    record = TransitionRecord.objects.about(academy.requests["hostile"]).latest("pk").pk
    why = f"/admin/rules/why/?of=requests.request&person=instructor@example.com&object={filed}"
    return {
        "student": [
            f"/requests/{filed}/",
            "/requests/new/",
            "/requests/new/bug/",
            "/requests/new/refund/",
            f"/steps/requests.request/{filed}/",
            f"/steps/requests.request/{filed}/withdraw/",
            "/steps/requests.request/",
        ],
        "instructor": ["/admin/requests/?scope=all", f"/admin/requests/{filed}/", f"/admin/requests/{filed}/reject/"],
        "admin": [
            "/admin/rules/",
            "/admin/rules/books/",
            f"/admin/rules/books/edit/{book}/",
            f"/admin/rules/review/{book}/",
            f"/admin/rules/rebase/{REFUND}/",
            "/admin/rules/history/",
            f"/admin/rules/history/{store.standing().version}/",
            "/admin/rules/editions/",
            f"/admin/rules/editions/requests.request.refund/?{MAPPING}",
            "/admin/rules/matrix/requests.request.refund-2/",
            "/admin/rules/diagram/requests.request.refund-2/",
            "/admin/rules/person/?person=instructor@example.com",
            why,
            f"{why}&transition=approve",
            "/admin/audit/",
            f"/admin/audit/{record}/",
            f"/admin/automations/{academy.run.pk}/",
        ],
    }


def test_no_page_takes_what_was_written_for_markup(
    academy: Everything, open_page: Callable[..., Page], complaints: list[str]
) -> None:
    found = []
    for who, addresses in places(academy).items():
        page = watched(open_page, academy, who)
        for address in addresses:
            answer = page.goto(address)
            if answer is None or not answer.ok:
                found.append(f"{address}: {answer and answer.status}")
            if "/edit/" not in address and not page.evaluate(SHOWN):
                found.append(f"{address} does not show what was written")
            found += [f"{address}: {one}" for one in [*page.evaluate(INJECTED), *complaints]]
            complaints.clear()
    assert not found, "\n".join(found)


def watched(open_page: Callable[..., Page], academy: Everything, who: str) -> Page:
    page = open_page(as_=academy.people[who])
    page.add_init_script("window.p = () => { window.taken = true }")
    page.on("dialog", lambda dialog: dialog.dismiss())
    return page


def test_what_scripts_draw_is_text_too(academy: Everything, open_page: Callable[..., Page]) -> None:
    """The form of a book, the words it offers, its mistakes; what is said after a step; a name while it is typed."""
    page = watched(open_page, academy, "admin")
    page.goto(f"/admin/rules/books/edit/{academy.book.pk}/")
    approving = page.locator("#rf-transitions-approve")
    approving.locator("> summary").click()
    page.locator("#rf-transitions-approve-instructor").fill("not ow")
    expect(page.get_by_role("option", name=re.compile("^own "))).to_contain_text("{{7*7}}")
    page.locator("#rf-transitions-approve-instructor").fill("obj.<img src=x onerror=p()><x-p>")
    page.keyboard.press("Tab")
    expect(page.locator(".rf-wrong, .rf-notice--wrong").filter(has_text="obj.<img").first).to_be_visible()
    assert page.evaluate(INJECTED) == []
    page = watched(open_page, academy, "admin")  # whoever leaves a form with changes is asked first
    page.goto("/admin/rules/person/")
    page.get_by_label("Person").fill("Pi")
    expect(page.get_by_role("option").first).to_contain_text("{{7*7}}")
    assert page.evaluate(INJECTED) == []
    page = watched(open_page, academy, "student")
    page.goto(f"/requests/{academy.requests['hostile'].pk}/")
    page.get_by_text("Withdraw").first.click()
    page.locator("details[open] form button").click()
    expect(page.get_by_text("Withdrawn").first).to_be_visible()
    assert page.evaluate(INJECTED) == []
