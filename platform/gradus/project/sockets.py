"""The addresses of sockets, who may open them, and the work they need beside them."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.urls import path

from gradus.notify import tail
from gradus.notify.consumers import LiveConsumer
from gradus.project.lifespan import Work

urls = [path("ws/live/", LiveConsumer.as_asgi())]
sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(urls)))


def background() -> list[Work]:
    """With Redis the one who changes something tells all processes; without, each reads the outbox."""
    return [] if settings.REDIS_URL else [tail.follow]
