"""The page before a publish: the whole matrix on both sides, who may begin something, history, and what is odd."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gradus import flow
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.flow.models import TransitionRecord
from gradus.policy import RuleSet, load_texts
from gradus.policy.errors import Problem
from gradus.rulebook import store
from gradus.rulebook.books.cautions import cautions
from gradus.rulebook.books.placing import Placed, placed
from gradus.rulebook.books.publishing import follow_what_is_in_force
from gradus.rulebook.books.review import review
from gradus.rulebook.books.sides import named, sides
from gradus.rulebook.creations import Creation, creations
from gradus.rulebook.models import BookDraft
from tests.conftest import MakePerson
from tests.platform.rulebook.conftest import APPROVED, REFUND, WHO_MAY
from workflows.requests.models import Request

pytestmark = pytest.mark.django_db


def book(*changes: tuple[str, str]) -> RuleSet:
    """The refund book with parts of its text exchanged."""
    text = store.files()[REFUND]
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return load_texts({REFUND: text})


def compared(*changes: tuple[str, str]) -> Any:
    return sides(book().books[0], book(*changes).books[0])


def marked(found: Any) -> dict[tuple[str, str], str]:
    rows = (*found.transitions, *found.rights)
    cells = {(row.name, role): pair.fate for row in rows for role, pair in row.cells if pair.changed}
    return {**cells, **{(row.name, "way"): row.way.fate for row in rows if row.way.changed}}


def test_the_matrix_of_the_same_book_marks_nothing() -> None:
    found = compared()
    assert (marked(found), found.changed) == ({}, 0)
    assert {row.name for row in (*found.transitions, *found.rights)} == set(book().books[0].rules)


def test_every_cell_that_differs_is_marked_by_how() -> None:
    claim = 'instructor = "unclaimed"\nadmin      = "unclaimed"\nforbid     = "own"'
    found = compared((claim, 'instructor = "free"\neditor = "never"'))
    assert marked(found) == {
        ("claim", "instructor"): "other",
        ("claim", "editor"): "new",
        ("claim", "administrator"): "gone",
        ("claim", ""): "gone",
    }
    assert "editor" in found.roles
    moved = compared(('from       = ["approved"]\nto         = "completed"', 'from = ["approved"]\nto = "rejected"'))
    assert marked(moved) == {("complete", "way"): "other"}


def test_a_name_that_means_something_else_marks_the_cells_that_use_it() -> None:
    change = ('if  = "obj.reviewer is None"', 'if  = "obj.reviewer is None and obj.amount > 5"')
    assert marked(compared(change)) == {
        (name, role): "meant"
        for name in ("claim", "approve", "reject", "complete")
        for role in ("instructor", "administrator")
    }
    (pair,) = named(book().books[0], book(change).books[0])
    assert (pair.name, pair.before.said, pair.after.text) == ("unclaimed", "nobody has claimed it", change[1][7:-1])


def test_transitions_that_are_new_or_gone_stand_whole() -> None:
    release = 'instructor = "mine"\nadmin      = "mine"\n\n[transitions.take_over]'
    gone = sides(book().books[0], None)
    assert {row.fate for row in gone.transitions} == {"gone"}
    shelve = '[transitions.shelve]\nfrom = ["approved"]\nadmin = "always"\n\n'
    more = release.replace("[transitions.take_over]", shelve + "[transitions.take_over]")
    found = {row.name: row.fate for row in compared((release, more)).transitions}
    assert (found["shelve"], found["release"]) == ("new", "same")


SUBMIT = 'from    = [""]\nto      = "submitted"\nstudent = "own"'


def begun(*changes: tuple[str, str]) -> list[Creation]:
    return creations(book(), book(*changes))


def test_people_who_may_begin_something_are_counted(student: User, make_person: MakePerson, admin: User) -> None:
    make_person("Bo", Role.STUDENT)
    assert begun() == []
    (lost,) = begun((SUBMIT, SUBMIT.replace('"own"', '"never"')))
    assert (lost.rule, lost.role, lost.gained, lost.lost, lost.estimated) == ("submit", Role.STUDENT, 0, 2, False)
    (gained,) = begun((SUBMIT, SUBMIT + '\nadmin = "own"'))
    assert (gained.role, gained.gained, gained.lost) == (Role.ADMIN, 1, 0)


def test_nobody_is_counted_where_it_depends_on_what_is_filled_in(student: User) -> None:
    (found,) = begun((SUBMIT, SUBMIT.replace('"own"', '"own and obj.amount <= 100"')))
    assert (found.counted, found.gained, found.lost) == (False, 0, None)


def test_those_without_an_account_are_not_counted(db: None) -> None:
    (found,) = begun((SUBMIT, SUBMIT + '\nguest = "always"'))
    assert (found.role, found.counted) == (Role.GUEST, False)


def odd(*changes: tuple[str, str]) -> list[str]:
    return list(map(str, cautions(book(), book(*changes), REFUND)))


@pytest.fixture
def staffed(student: User, instructor: User, admin: User) -> None:
    """Somebody has each role of the book."""


APPROVE = WHO_MAY + APPROVED


@pytest.mark.usefixtures("staffed")
def test_the_books_as_installed_have_nothing_odd(make_person: MakePerson) -> None:
    make_person("Anton", Role.ANALYST)
    make_person("Edda", Role.EDITOR)
    rules = load_texts(store.files())
    for file in store.files():
        assert cautions(rules, rules, file) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('instructor = "free"\nadmin = "never"', "people may do this to what is their own: “Approve”"),
        ('student = "always"', "people may do this to what is their own: “Approve”"),
        ('student = "always"\ninstructor = "always"', "people may do this to what is their own: “Approve”"),
        ('student = "not own"\ninstructor = "always"', "people may do this to what is their own: “Approve”"),
        ('student = "own"', None),
        ('instructor = "free and not own"', None),
        ('instructor = "mine"', None),  # a reviewer, whom other rules keep from their own
        ('student = "own"\ninstructor = "always"', None),  # authors may anyway
        ('instructor = "never"', "nobody can make “Approve”: no row of it can ever hold."),
        ('system = "always"', None),
        ('analyst = "always"\nforbid = "own"', "nobody has the role it needs (analyst)."),
        ('analyst = "always"\nforbid = "own"', "nobody has the role “analyst”."),
        ('analyst = "always"\ninstructor = "free"\nforbid = "own"', "nobody has the role “analyst”."),
        ('instructor = "free and obj.amount < 5 and obj.amount > 9"\nforbid = "own"', "is never true"),
        ('instructor = "free or unclaimed"\nforbid = "own"', "adds nothing"),
        ('instructor = "own"\nadmin = "free"\nforbid = "own"', "everything it allows is forbidden"),
    ],
)
@pytest.mark.usefixtures("staffed")
def test_what_is_odd_is_said_and_nothing_else(rows: str, said: str | None) -> None:
    found = odd((APPROVE, rows))
    if said is None:
        assert found == []
    else:
        assert any(said in text for text in found), found


@pytest.mark.usefixtures("staffed")
def test_what_is_odd_stands_where_it_is_meant() -> None:
    after = book((APPROVE, 'student = "always"'), ("[transitions.claim]", '[transitions.claim]\nanalyst = "always"'))
    text = after.books[0].text
    found = placed(text, REFUND, [*cautions(book(), after, REFUND), Problem("bug.toml", 3, "limits.1.on", "is odd")])
    told = {each.text: each for each in found}
    own = told["people may do this to what is their own: “Approve”; forbid = “own” prevents it."]
    line = text.splitlines().index("[transitions.approve]") + 1
    assert (own.where, own.anchor, own.line) == ("Transitions / Approve", "rf-transitions-approve", line)
    assert told["Nobody has the role “analyst”."] == Placed("Nobody has the role “analyst”.")
    assert told["bug.toml:3: limits.1.on: is odd"].anchor == ""


@pytest.mark.usefixtures("staffed")
def test_a_transition_that_nothing_leads_to_cannot_be_made() -> None:
    ends = 'from       = ["approved"]\nto         = "completed"'
    found = odd((ends, 'from = ["withdrawn"]\nto = "completed"'))
    assert not any("nobody can make" in text for text in found), found
    lonely = ('completed    = { label = "Paid back", tone = "success" }', 'completed = "Paid back"\nlost = "Lost"')
    found = odd((ends, 'from = ["lost"]\nto = "completed"'), lonely)
    assert any("nobody can make “Mark as paid back”: no transition leads" in text for text in found), found


@pytest.fixture
def filed(student: User, instructor: User) -> Callable[[int], list[Request]]:
    """So many refunds, each approved by an instructor."""

    def made(number: int) -> list[Request]:
        steps = (flow.Happened("submit", at=timezone.now(), by=student),)
        answers = {"amount": 1, "reason": "unused"}
        values = {"title": "Charged twice", "text": "Twice.", "author": student, "answers": answers}
        found = flow.backfill(Request, [flow.Past(values, steps, kind="refund") for _ in range(number)])
        for each in found:
            flow.apply(each, "approve", by=instructor)
        return found

    return made


@pytest.fixture
def reviewed(desk: Client, stricter: str, admin: User) -> Callable[..., str]:
    """The page, with only administrators approving refunds."""
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    draft.text, draft.note = stricter, "Stricter"
    draft.save_revision(user=admin)
    return lambda name="rulebook_review", **asked: desk.get(reverse(name, args=[draft.pk]), asked).content.decode()


def test_changed_verdicts_say_who_what_and_why(
    reviewed: Callable[..., str], filed: Callable[[int], list[Request]]
) -> None:
    (done,) = filed(1)
    page = reviewed()
    record = TransitionRecord.objects.get(transition="approve")
    row = page[page.index(reverse("audit_record", args=[record.pk])) :]
    row = row[: row.index("</tr>")]
    assert f'href="/admin/requests/{done.pk}/"' in row
    assert re.search(r"allowed.*refused.*Only administrators may do this\.", row, re.DOTALL)
    assert "Show it" not in page


def test_what_cannot_be_told_says_why(
    desk: Client, admin: User, refund: str, filed: Callable[[int], list[Request]]
) -> None:
    (one, two) = filed(2)
    TransitionRecord.objects.filter(object_id=one.pk, transition="approve").erase()
    kept = TransitionRecord.objects.get(object_id=two.pk, transition="approve")
    facts = {**kept.facts, "obj": {key: value for key, value in kept.facts["obj"].items() if key != "reviewer"}}
    super(type(TransitionRecord.objects.all()), TransitionRecord.objects.filter(pk=kept.pk)).update(facts=facts)
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    draft.text = refund.replace('title = "Refund"', 'title = "Refunds"', 1)
    draft.save_revision(user=admin)
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert re.search(r"Cannot be told</dt><dd>4</dd>", page)
    assert "Of 3 nothing is kept" in page
    assert "<code>reviewer</code> (1)" in page


def test_a_number_is_called_as_people_know_it(desk: Client, admin: User) -> None:
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file="metrics.toml")
    draft.text = draft.text.replace("value = 95", "value = 90", 1).replace("min   = 50", "min   = 60", 1)
    draft.save_revision(user=admin)
    page = desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()
    assert '<th scope="row">A video is complete at</th>' in page
    assert '<th scope="row">A video is complete at (Smallest)</th>' in page
    assert "90 percent" in page
    assert "The book's tests" not in page


def test_what_is_wrong_or_odd_leads_to_its_place(desk: Client, admin: User, refund: str) -> None:
    follow_what_is_in_force()
    draft = BookDraft.objects.get(file=REFUND)
    edit = reverse("wagtailsnippets_rulebook_bookdraft:edit", args=[draft.pk])
    line = refund.splitlines().index("[process.states]") + 1
    for before, after, link in (
        ("obj.author == user", "obj.autor == user", f'<a href="{edit}#rf-conditions-own-if">Conditions / own / '),
        ('"free"', '"free or unclaimed"', f'<a href="{edit}#rf-transitions-approve-instructor">Transitions / '),
        ('title = "Refund"', 'title = ""', f'<a href="{edit}#rf-process-title">'),
        ('"requests/approved"', '"requests/approvde"', f'<a href="{edit}#rf-transitions-approve">'),
        ("[process.states]", "[process.states", f'<a href="{edit}#line-{line}">Line {line}</a>'),
    ):
        draft.text = refund.replace(before, after, 1)
        draft.save_revision(user=admin)
        assert link in desk.get(reverse("rulebook_review", args=[draft.pk])).content.decode()


def test_all_changed_verdicts_are_listed_page_by_page(
    reviewed: Callable[..., str], filed: Callable[[int], list[Request]]
) -> None:
    filed(33)
    assert "Show all 33" in reviewed()
    assert reviewed().count("Only administrators may do this.") == 5
    page = reviewed("rulebook_replayed", last=500, page=2)
    assert page.count("Only administrators may do this.") == 3
    assert '<option value="500" selected>' in page
    assert '<option value="2000" selected>' in reviewed("rulebook_replayed", last="all of them")


def test_the_page_asks_no_more_for_more_decisions(
    reviewed: Callable[..., str],
    filed: Callable[[int], list[Request]],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    filed(3)
    reviewed()
    with django_assert_num_queries(31) as few:
        reviewed()
    with django_assert_num_queries(19) as few_listed:
        reviewed("rulebook_replayed")
    filed(9)
    with django_assert_num_queries(len(few)):
        reviewed()
    with django_assert_num_queries(len(few_listed)):
        reviewed("rulebook_replayed")


@pytest.mark.usefixtures("in_force")
def test_what_differs_besides_the_matrix_is_listed_by_what_it_is(refund: str, admin: User) -> None:
    text = refund.replace("allow = 3", "allow = 4").replace(APPROVED + "\n", "", 1)
    text = text.replace("[process.fields.reason]", '[process.fields.reason]\nhelp = "Why."', 1)
    text = text.replace(WHO_MAY, WHO_MAY.replace('"free"', '"mine"', 1), 1)
    found = review(REFUND, text, viewer=admin, last=10).others
    assert [(each.what, each.name, each.change.role, each.change.after) for each in found] == [
        ("Transition", "approve", "then", "-"),
        ("Limit", "refund-filing", "allow", "4"),
        ("Question", "reason", "help", "Why."),
    ]
    assert review(REFUND, refund, viewer=admin, last=10).others == []
