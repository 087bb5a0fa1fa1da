"""The ASGI application: pages, sockets, and what runs beside them for as long as the process does."""

import gc
import os

import django
from channels.routing import ProtocolTypeRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradus.project.settings.production")
django.setup(set_prefix=False)

from gradus.project.databases import pool  # noqa: E402
from gradus.project.handler import PageHandler  # noqa: E402
from gradus.project.lifespan import Lifespan  # noqa: E402
from gradus.project.sockets import background, sockets  # noqa: E402  # needs the apps that the line above loads

pool()
application = Lifespan(ProtocolTypeRouter({"http": PageHandler(), "websocket": sockets}), background())

# What start-up made stays for good: collections need not walk it again with every few requests. Nearly all that a page
# makes goes without one.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
