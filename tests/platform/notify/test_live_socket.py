"""The socket: who may open it, what it hears, and how a change travels to it."""

import asyncio
import json
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.db import connections
from django.test import Client
from pytest_django import Settings

from gradus.accounts.models import User
from gradus.notify import consumers, live, tail
from gradus.notify.models import Change
from gradus.project.lifespan import Lifespan, Work
from gradus.project.sockets import sockets
from tests.platform.notify.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def layer() -> Any:
    before = channel_layers.set("default", InMemoryChannelLayer())
    yield
    channel_layers.set("default", before)


def socket(user: User | None = None, origin: str = "http://testserver") -> Socket:
    headers = [(b"origin", origin.encode()), (b"host", b"testserver")]
    if user is not None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        headers.append((b"cookie", cookie.encode()))
    return Socket(sockets, "/ws/live/", headers)


async def announced(*arguments: object, **options: Any) -> None:
    """One change, and one look of the tail that carries it to this process's sockets."""
    reader = await sync_to_async(tail.Tail)()
    await sync_to_async(live.changed)(*arguments, **options)
    for row in await sync_to_async(reader.look)():
        await channel_layers["default"].group_send(row.group, live.message(row))


def run(story: Any) -> None:
    asyncio.run(story)


def test_a_person_hears_about_their_own_bell(student: User, other_student: User) -> None:
    mine, theirs = socket(student), socket(other_student)

    async def story() -> None:
        for each in (mine, theirs):
            assert await each.connect()
        await announced("bell", student.pk, 5, users=[student.pk])
        assert await mine.hear() == {"type": "bell", "id": str(student.pk), "version": 5}
        assert await theirs.hears_nothing()
        for each in (mine, theirs):
            await each.leave()

    run(story())


def test_a_page_with_a_token_hears_about_its_object_and_one_without_does_not(student: User, instructor: User) -> None:
    mine, theirs = socket(student), socket(instructor)
    token = live.token(student.pk, "requests.request", 12)

    async def story() -> None:
        for each in (mine, theirs):
            await each.connect()
            await each.say(json.dumps({"listen": [token]}))  # the instructor's is somebody else's token
        assert await mine.hears_nothing()
        await announced("requests.request", 12, 4)
        assert await mine.hear() == {"type": "requests.request", "id": "12", "version": 4}
        assert await theirs.hears_nothing()
        for each in (mine, theirs):
            await each.leave()

    run(story())


def test_of_very_many_pages_the_newest_stay(student: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "MOST_SOCKETS", 2)
    pages = [socket(student) for _page in range(3)]

    async def story() -> None:
        for page in pages:
            assert await page.connect()
        assert await pages[0].hear_close() == consumers.TOO_MUCH
        await announced("bell", student.pk, 5, users=[student.pk])
        for page in pages[1:]:
            assert (await page.hear())["version"] == 5
            await page.leave()

    run(story())
    assert consumers._open == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 50_000, id="deep"),
        "no json",
        "[]",
        '{"listen": "x"}',
        '{"listen": ["forged", 7, null]}',
        "{}",
    ],
)
def test_nonsense_opens_nothing(student: User, text: str) -> None:
    channel = socket(student)

    async def story() -> None:
        await channel.connect()
        await channel.say(text)
        await announced("requests.request", 12, 4)
        output = None if await channel.hears_nothing() else await channel.receive_output()
        assert output in (None, {"type": "websocket.close", "code": consumers.TOO_MUCH})
        await channel.leave()

    run(story())


def test_a_page_cannot_listen_to_everything(student: User) -> None:
    channel = socket(student)
    tokens = [live.token(student.pk, "requests.request", number) for number in range(consumers.MOST_TOPICS + 1)]

    async def story() -> None:
        await channel.connect()
        await channel.say(json.dumps({"listen": tokens}))
        assert (await channel.receive_output())["code"] == consumers.TOO_MUCH

    run(story())


def test_a_guest_is_closed_and_told_why() -> None:
    channel = socket()

    async def story() -> None:
        assert await channel.connect()
        assert await channel.receive_output() == {"type": "websocket.close", "code": consumers.NOT_SIGNED_IN}

    run(story())


def test_another_site_cannot_open_the_socket_with_a_visitors_session(student: User) -> None:
    channel = socket(student, origin="https://elsewhere.example")

    async def story() -> None:
        assert not await channel.connect()

    run(story())


def test_a_socket_does_not_outlive_its_session_for_long(student: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "LASTS", 0.01)
    channel = socket(student)

    async def story() -> None:
        await channel.connect()
        assert (await channel.receive_output())["code"] == consumers.SIGN_IN_AGAIN

    run(story())


def test_an_old_or_foreign_token_opens_nothing(student: User, instructor: User, settings: Settings) -> None:
    token = live.token(student.pk, "requests.request", 12)
    assert live.topic_in(token, user_id=student.pk) == "topic.requests.request.12"
    assert live.topic_in(token, user_id=instructor.pk) is None
    assert live.topic_in(token[:-1] + "_", user_id=student.pk) is None
    settings.SECRET_KEY = "another"
    assert live.topic_in(token, user_id=student.pk) is None


class Server:
    """The server's side of a lifespan."""

    def __init__(self, *work: Work) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.lifespan = Lifespan(sockets, work)

    async def __aenter__(self) -> None:
        self.task = asyncio.create_task(self.lifespan({"type": "lifespan"}, self.inbox.get, self.outbox.put))
        await self._turn("startup")

    async def __aexit__(self, *error: object) -> None:
        await self._turn("shutdown")
        await asyncio.wait_for(self.task, 5)

    async def _turn(self, what: str) -> None:
        self.inbox.put_nowait({"type": f"lifespan.{what}"})
        assert (await asyncio.wait_for(self.outbox.get(), 10))["type"] == f"lifespan.{what}.complete"


@pytest.mark.parametrize("failing", [False, True], ids=["clean", "fails while it is stopped"])
def test_work_goes_on_while_the_server_lives_and_no_longer(failing: bool, caplog: pytest.LogCaptureFixture) -> None:
    events: list[str] = []

    async def work() -> None:
        events.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            events.append("ended")
            if failing:
                raise OSError("no connection")

    async def story() -> None:
        async with Server(work):
            await asyncio.sleep(0)
            assert events == ["began"]
        assert events == ["began", "ended"]

    run(story())
    assert ("Background work failed" in caplog.text) is failing


@pytest.mark.postgres
def test_a_change_of_another_process_reaches_the_page(student: User) -> None:
    page = socket(student)

    async def story() -> None:
        async with Server(tail.follow):
            await page.connect()
            await asyncio.sleep(tail.EVERY)  # the tail tells what comes after its first look
            await sync_to_async(live.changed)("bell", student.pk, 9, users=[student.pk])
            assert (await asyncio.wait_for(page.hear(), 10))["version"] == 9
            await page.leave()

    run(story())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("outbox")]


def announce(user_id: int, version: int) -> None:
    """As another process would, leaving no connection behind."""
    try:
        live.changed("bell", user_id, version, users=[user_id])
    finally:
        connections.close_all()


@pytest.mark.redis
def test_with_redis_another_process_sends_to_the_page_itself(student: User, settings: Settings) -> None:
    settings.REDIS_URL = settings.TEST_REDIS_URL
    channel_layers.set("default", RedisPubSubChannelLayer(hosts=[settings.REDIS_URL], prefix="gradus-tests"))
    page = socket(student)

    async def story() -> None:
        await page.connect()
        for version in (1, 2):
            another = threading.Thread(target=announce, args=(student.pk, version))
            another.start()
            assert (await asyncio.wait_for(page.hear(), 10))["version"] == version
            await asyncio.to_thread(another.join)
        await page.leave()

    run(story())
    assert not Change.objects.exists()


def test_a_redis_that_does_not_answer_breaks_no_change(
    student: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    channel_layers.set("default", RedisPubSubChannelLayer(hosts=[settings.REDIS_URL]))
    live.changed("bell", student.pk, 1, users=[student.pk])
    assert "pages will poll" in caplog.text
