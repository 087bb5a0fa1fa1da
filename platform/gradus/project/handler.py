"""How a process answers pages."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PageHandler(ASGIHandler):
    """Django's, with the whole of a page in one thread: every view here is synchronous.

    Django's own goes to a thread and back for each middleware that knows both worlds, a tenth of a page's time.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's signature
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer = sync_to_async(self.get_response, thread_sensitive=True)
        return await answer(request)
