import pytest

from gradus import flow
from gradus.accounts.models import User
from tests.platform.flow.bookshelf.models import Borrowing


def ask(student: User) -> Borrowing:
    return flow.create(Borrowing, "ask", by=student, kind="borrowing", title="Counterpoint", days=14)


def test_a_book_is_lent_and_taken_back(student: User, instructor: User) -> None:
    lent = flow.apply(ask(student), "lend", by=instructor)
    assert flow.apply(lent, "take_back", by=instructor).state == "returned"


def test_students_do_not_lend(student: User) -> None:
    with pytest.raises(flow.Denied):
        flow.apply(ask(student), "lend", by=student)


def test_three_a_day_and_no_more(student: User) -> None:
    for _time in range(3):
        ask(student)
    with pytest.raises(flow.Limited, match="three books today"):
        ask(student)
