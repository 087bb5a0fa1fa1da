"""`gradus simulate`: a big academy of imagined students, for benchmarks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.learning import demo


class Command(BaseCommand):
    help = "Add imagined students with histories in the published courses. The same seed imagines the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--students", type=int, required=True, help="how many students to add")
        parser.add_argument("--seed", type=int, default=1, help="where the imagination starts (1)")

    def handle(self, *, students: int, seed: int, **options: Any) -> None:
        if students < 1:
            raise CommandError("--students has to be 1 or more.")
        if not demo.syllabuses():
            raise CommandError("There is no published course with lessons to take. Load the demo first: gradus demo")
        if demo.is_simulated(seed):
            raise CommandError(f"Seed {seed} has been simulated here before. Choose another one.")
        taken = demo.simulate(students=students, seed=seed)
        self.stdout.write(f"Added {students} students who took {taken} courses.")
