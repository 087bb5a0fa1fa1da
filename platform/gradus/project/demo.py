"""The demo academy, composed from what each app brings."""

from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction

from cms.catalog import demo as catalog
from gradus.accounts.models import User
from gradus.accounts.roles import Role
from workflows.learning import demo as learning
from workflows.requests import demo as requests

PASSWORD = "gradus-demo"  # noqa: S105  # the demo's, printed at every start
SEED = 20261
LOGINS = {
    Role.STUDENT: "ada@demo.gradus.example",
    Role.INSTRUCTOR: "ivo@demo.gradus.example",
    Role.EDITOR: "edda@demo.gradus.example",
    Role.ANALYST: "anton@demo.gradus.example",
    Role.ADMIN: "alma@demo.gradus.example",
}


def academy_is_empty() -> bool:
    return not User.objects.exists()


def load_demo() -> None:
    """Fill the academy with the demo's people, courses, histories and requests; what is there is left alone."""
    fixtures = Path(settings.FIXTURES_DIR)
    with transaction.atomic():
        catalog.load(fixtures, password=PASSWORD)
        learning.load(fixtures, Random(SEED))  # noqa: S311  # a story, not a secret
        requests.load(fixtures)
