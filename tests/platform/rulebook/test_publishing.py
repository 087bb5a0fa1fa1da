"""What is published decides; what stands against it publishes nothing; whatever was in force can be in force again."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from gradus import flow, policy
from gradus.accounts.models import User
from gradus.flow.errors import Denied
from gradus.policy import load_texts
from gradus.rulebook import live, publishing, store
from gradus.rulebook.comparing import changes
from gradus.rulebook.gate import new_mistakes
from gradus.rulebook.models import Activation, BookText, Version
from gradus.rulebook.publishing import NotPublished, Overtaken
from tests.platform.rulebook.conftest import REFUND, Commit
from workflows.requests.models import Request

pytestmark = pytest.mark.usefixtures("in_force")
BOOK = "requests.Request/refund"


@pytest.fixture
def request_(student: User) -> Request:
    answers = {"amount": 4990, "reason": "unused", "title": "Twice", "text": "Charged twice."}
    return flow.create(Request, "submit", by=student, kind="refund", **answers)


@pytest.fixture
def publish(admin: User, django_capture_on_commit_callbacks: Commit):
    def do(text: str | None, file: str = REFUND, *, by: User = admin, note: str = "Stricter", **more) -> Activation:
        with django_capture_on_commit_callbacks(execute=True):
            return publishing.publish({file: text}, by=by, note=note, **more)

    return do


def test_what_is_published_decides_and_is_what_history_names(
    publish, stricter: str, request_: Request, instructor: User, admin: User
) -> None:
    assert policy.decide(instructor, "approve", request_)
    row = publish(stricter)
    assert (row.number, row.version_number) == (1, 1)
    with pytest.raises(Denied):
        flow.apply(request_, "approve", by=instructor)
    flow.apply(request_, "approve", by=admin)
    record = flow.history(request_).done().order_by("-version").first()
    assert row.version.files[REFUND] == record.book_version
    assert policy.filter(Request.objects.all(), "approve", instructor).count() == 0


def test_rolling_back_moves_the_pointer_and_keeps_the_history(
    publish, stricter: str, request_: Request, instructor: User, admin: User, django_capture_on_commit_callbacks: Commit
) -> None:
    publish(stricter)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.roll_back(None, by=admin, note="Too strict")
    assert policy.decide(instructor, "approve", request_)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.roll_back(Version.objects.get(number=1), by=admin, note="It was right after all")
    assert not policy.decide(instructor, "approve", request_)
    assert [(row.kind, row.version_number) for row in Activation.objects.all()] == [
        ("rollback", 1), ("rollback", 0), ("publish", 1),
    ]  # fmt: skip


def test_a_published_number_is_compared_with_itself_and_not_with_its_file(publish, refund: str) -> None:
    publish(store.files()["metrics.toml"].replace("value = 95", "value = 90", 1), "metrics.toml")
    before, after = store.unfrozen(store.standing()), publishing.rules_of(publishing.candidate({REFUND: refund + "#"}))
    assert before.values["metrics"].values["video_complete"].value == 90
    assert changes(before, after) == []


OBJECTIONS = [
    ('may   = ["view", "add_information", "withdraw"]', 'may   = ["view"]', "is allowed but not listed"),
    ("obj.author == user", "obj.autor == user", "did you mean obj.author?"),
    ("[transitions.claim]", "[transitions.claim", "no valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "said"), OBJECTIONS)
def test_what_stands_against_it_publishes_nothing(publish, refund: str, old: str, new: str, said: str) -> None:
    with pytest.raises(NotPublished, match=said.replace("?", r"\?")):
        publish(refund.replace(old, new, 1))
    assert not Activation.objects.exists()
    assert not Version.objects.exists()


def test_somebody_who_can_decide_is_left(publish, refund: str) -> None:
    rules = refund.split("[[tests]]", maxsplit=1)[0]
    mute = [line for line in rules.splitlines() if not line.startswith(("instructor", "student", "forbid"))]
    text = re.sub(r"(?m)^admin .*", 'admin = "never"', "\n".join(mute))
    text = re.sub(r"(?m)^(done .*|label .*\"(?:Send the request|Answer|Add information|Withdraw)\")$", "", text)
    for name in ("submit", "answer", "add_information", "withdraw"):
        text = text.replace(f"[transitions.{name}]", f'[transitions.{name}]\nadmin = "never"')
    with pytest.raises(NotPublished, match="nobody would be left who may decide"):
        publish(text)


def test_a_state_that_things_are_in_stays(publish, refund: str, request_: Request) -> None:
    rules = refund.split("[[automations]]", maxsplit=1)[0]
    text = rules.replace("submitted ", "filed ", 1).replace('"submitted"', '"filed"')
    with pytest.raises(NotPublished, match="things in the state “Submitted”"):
        publish(text)


def test_only_administrators_publish_and_they_say_why(publish, stricter: str, instructor: User) -> None:
    with pytest.raises(NotPublished, match="Only administrators"):
        publish(stricter, by=instructor)
    with pytest.raises(NotPublished, match="Say why"):
        publish(stricter, note=" ")


def test_who_looked_at_something_older_is_told(publish, stricter: str, refund: str) -> None:
    publish(stricter, seen=0)
    with pytest.raises(Overtaken):
        publish(refund + "\n# other\n", seen=0)


def test_the_same_again_is_no_version(publish, stricter: str, refund: str) -> None:
    publish(stricter)
    with pytest.raises(NotPublished, match="in force already"):
        publish(stricter)
    publish(refund, note="As installed")
    assert Version.objects.first().files == {}


def test_a_frozen_process_moves_nothing_and_shows_everything(
    request_: Request, admin: User, student: User, instructor: User, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publishing.freeze(BOOK, by=admin, note="Somebody pays out twice.")
    for person, name in ((instructor, "approve"), (admin, "claim"), (student, "withdraw")):
        with pytest.raises(Denied, match="Somebody pays out twice"):
            flow.apply(request_, name, by=person)
    assert policy.decide(student, "view", request_)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.thaw(BOOK, by=admin, note="Mended")
    flow.apply(request_, "withdraw", by=student)


def test_whoever_opens_what_is_frozen_reads_why(
    client: Client, request_: Request, admin: User, student: User, instructor: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    pages = ((student, request_.get_absolute_url()), (instructor, f"/admin/requests/{request_.pk}/"))

    def told() -> list[bool]:
        found = []
        for person, url in pages:
            client.force_login(person, "django.contrib.auth.backends.ModelBackend")
            found.append("Somebody pays out twice." in client.get(url).content.decode())
        return found

    assert told() == [False, False]
    with django_capture_on_commit_callbacks(execute=True):
        publishing.freeze(BOOK, by=admin, note="Somebody pays out twice.")
    assert told() == [True, True]


def test_a_book_nobody_can_read_any_more_stands_still(publish, stricter: str, request_: Request, admin: User) -> None:
    row = publish(stricter)
    text = row.version.files[REFUND]
    BookText.objects.filter(hash=text).update(text=stricter.replace("obj.claimed >=", "obj.gone >="))
    rules = store.build(store.standing())
    book = rules.book(Request, "refund")
    assert "cannot be read any more" in str(book.frozen)
    assert policy.decide(admin, "approve", request_)  # this process still has what it could read
    with policy.using(rules):
        assert not policy.decide(admin, "approve", request_)


def test_files_that_moved_on_are_shown(publish, stricter: str, settings, tmp_path) -> None:
    publish(stricter)
    assert store.moved_on(store.standing()) == {}
    for file, text in store.files().items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text + ("\n# newer\n" if file == REFUND else ""))
    settings.RULES_DIR = tmp_path
    assert list(store.moved_on(store.standing())) == [REFUND]


def test_another_process_follows_by_one_cached_read(publish, stricter: str, django_assert_num_queries) -> None:
    row = publish(stricter)
    policy.activate(policy.load_texts(store.files()))
    live._number = 0  # as a process that has not looked since
    with django_assert_num_queries(2):
        live.follow()
    assert policy.active().book(Request, "refund").version == row.version.files[REFUND]
    with django_assert_num_queries(0):
        live.follow()
    cache.clear()
    with django_assert_num_queries(1):
        live.follow()


def test_a_mistake_that_stood_before_is_no_objection_on_whichever_line(refund: str) -> None:
    wrong = refund.replace('"requests/approved"', '"requests/approvde"')
    before, after, good = (load_texts({REFUND: text}) for text in (wrong, f"# one more line\n{wrong}", refund))
    assert new_mistakes(before, after) == []
    assert [each.key for each in new_mistakes(good, after)] == ["transitions.approve.then"]
