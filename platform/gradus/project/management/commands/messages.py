"""`gradus messages`: bring the catalogues of translations up to date with the sources, and compile them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Collect the texts to translate into the .po files and compile them; needs no gettext."

    def handle(self, **options: Any) -> None:
        try:
            from gradus.project import translating
        except ImportError as error:
            raise CommandError("This needs the development dependencies: run `make install` in a checkout.") from error
        translating.OURS.write_bytes(translating.po(translating.updated()))
        for path in (translating.OURS, *translating.ALLAUTHS):
            found = translating.catalog(path)
            path.with_suffix(".mo").write_bytes(translating.mo(found))
            waiting = translating.untranslated(found)
            self.stdout.write(f"{path}: {len(found)} texts, {len(waiting)} to translate")
            for message in waiting:
                self.stdout.write(f"  {message}")
