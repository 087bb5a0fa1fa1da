"""The WSGI application, for servers without sockets."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradus.project.settings.production")
application = get_wsgi_application()
