"""`gradus flow recount` and `gradus flow sweep`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gradus.flow import limits, staging
from gradus.flow.registry import governed


class Command(BaseCommand):
    help = "Count limits again from the history (after a book got a new one), or remove forgotten uploads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", choices=["recount", "sweep"])

    def handle(self, *args: Any, job: str, **options: Any) -> None:
        if job == "sweep":
            self.stdout.write(f"{staging.sweep()} forgotten files removed.")
            return
        for model in governed():
            self.stdout.write(f"{model._meta.label}: {limits.recount(model)} uses of limits counted.")
