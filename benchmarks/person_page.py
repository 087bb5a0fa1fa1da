"""What one person may do now, over a million requests: the page “For a person” without its template.

    python benchmarks/person_page.py          # prints seconds by role, writes var/bench/person_page.json

Every rule of every process that has a row for the role is counted up to a cap, with examples. Rules for which there is
nothing take longest: to know that, all rows in their states are read once, for all kinds together.
"""

import time

from support import academy
from support.results import keep, machine

ROUNDS = 3
PEOPLE = {
    "admin": "alma@demo.gradus.example",
    "instructor": "bench-7@bench.invalid",
    "student": "bench-1000@bench.invalid",
}
MOST = 1.0  # seconds


def main() -> None:
    academy.prepare()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from gradus.accounts.models import User
    from gradus.accounts.roles import Actor, Role
    from gradus.rulebook.seeing.asked import Asked
    from gradus.rulebook.seeing.persons import all_of

    viewer = Actor(User.objects.get(email=PEOPLE["admin"]), Role.ADMIN)
    found = {}
    for role, email in PEOPLE.items():
        actor, runs = Actor(User.objects.get(email=email), Role(role)), []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as asked:
                all_of(Asked(actor, viewer, timezone.now()))
            runs.append(round(time.perf_counter() - started, 3))
        found[role] = {"seconds": min(runs), "each": runs, "queries": len(asked)}
        print(f"{role:10} {min(runs):.3f} s, {len(asked)} queries")
    print(f"load {machine()['load']}")
    keep("person_page", {"rows": academy.REQUESTS, "people": found})


if __name__ == "__main__":
    main()
