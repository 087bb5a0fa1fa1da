"""The demo academy, composed from what each app brings."""

from django.db import transaction

from gradus.accounts.models import User
from gradus.accounts.roles import Role
from gradus.accounts.services import create_person

PASSWORD = "gradus-demo"  # noqa: S105  # the demo's, printed at every start
LOGINS = {
    Role.STUDENT: "ada@demo.gradus.example",
    Role.INSTRUCTOR: "ivo@demo.gradus.example",
    Role.EDITOR: "edda@demo.gradus.example",
    Role.ANALYST: "anton@demo.gradus.example",
    Role.ADMIN: "alma@demo.gradus.example",
}
NAMES = {
    Role.STUDENT: "Ada Brandt",
    Role.INSTRUCTOR: "Ivo Kern",
    Role.EDITOR: "Edda Novak",
    Role.ANALYST: "Anton Weiss",
    Role.ADMIN: "Alma Reyes",
}


def academy_is_empty() -> bool:
    return not User.objects.exists()


@transaction.atomic
def load_demo() -> None:
    """Fill an empty database with the demo academy; running it again changes nothing."""
    for role, email in LOGINS.items():
        _person(role, email)


def _person(role: Role, email: str) -> None:
    if not User.objects.filter(email=email).exists():
        create_person(email=email, display_name=NAMES[role], password=PASSWORD, roles=[role])
