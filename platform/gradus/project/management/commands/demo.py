"""`gradus demo`: the demo academy."""

from typing import Any

from django.core.management.base import BaseCommand

from gradus.project.demo import load_demo


class Command(BaseCommand):
    help = "Load the demo academy; running it again changes nothing."

    def handle(self, **options: Any) -> None:
        load_demo()
        self.stdout.write("The demo academy is there.")
