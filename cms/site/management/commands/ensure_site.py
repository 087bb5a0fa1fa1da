from typing import Any

from django.core.management.base import BaseCommand

from cms.site.services import ensure_site


class Command(BaseCommand):
    help = "Make home, the course catalogue and the editors' rights where they are missing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        pages = ensure_site()
        self.stdout.write(f"{pages.home.title}: {pages.home.url}, {pages.courses.title}: {pages.courses.url}")
