"""The academy the benchmarks measure: the demo, and a million requests, in a PostgreSQL database of their own.

It is made on the first run (a minute or two) and kept; `DROP DATABASE gradus_bench` starts over. Nothing here is a
way to write: rows go in as PostgreSQL itself makes them, without histories, because only reading is measured.
"""

import os
import sys
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

NAME = "gradus_bench"
REQUESTS = 1_000_000
ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("GRADUS_TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/gradus"
# Half of them are open, which is far more than an academy would bear: a queue must not notice.
ROWS = """
INSERT INTO requests_request
  (state, version, state_since, created_at, kind, answers, title, text, author_id, claimed_by_id)
SELECT state, 1, at, at - interval '3 hours', (ARRAY['bug', 'feature', 'refund', 'track_change'])[1 + n %% 4],
       '{}', 'Request ' || n, repeat('What I ask for. ', 12), students.ids[1 + n %% array_length(students.ids, 1)],
       CASE WHEN state NOT IN ('submitted', 'withdrawn')
            THEN instructors.ids[1 + n %% array_length(instructors.ids, 1)] END
FROM (SELECT array_agg(id ORDER BY id) ids FROM accounts_user
      WHERE email LIKE 'bench-%%' AND split_part(display_name, ' ', 2)::int > 40) students,
     (SELECT array_agg(id ORDER BY id) ids FROM accounts_user
      WHERE email LIKE 'bench-%%' AND split_part(display_name, ' ', 2)::int <= 40) instructors,
     (SELECT n, now() - n * interval '31 seconds' AS at,
             (ARRAY['submitted', 'submitted', 'in_review', 'needs_answer', 'approved', 'rejected', 'withdrawn',
                    'completed', 'completed', 'completed'])[1 + (hashint4(n) & 65535) %% 10] AS state
      FROM generate_series(1, %s) n) made;
"""


def url(name: str = NAME) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


def production(name: str = NAME) -> dict[str, str]:
    """The environment of a server as people run it, behind a proxy that speaks https."""
    return {
        "DJANGO_SETTINGS_MODULE": "gradus.project.settings.production",
        "DATABASE_URL": url(name),
        "GRADUS_VAR": str(ROOT / "var" / "bench" / "site"),
        "GRADUS_SECRET_KEY": "of-a-benchmark-that-nobody-reaches-from-elsewhere-" + "0" * 16,
        "GRADUS_URL": "https://localhost",
        "GRADUS_PROXIES": "1",
        "GRADUS_STAFF_SECOND_FACTOR": "off",
        "GRADUS_LOG_LEVEL": "WARNING",
        "PAYMENTS_MODE": "off",
    }


def prepare() -> None:
    """Point Django at the academy and make what is missing of it; ends the script where PostgreSQL is not there."""
    migrate(NAME)
    from django.core.management import call_command

    call_command("demo", stdout=StringIO())
    _fill()


def migrate(name: str) -> None:
    """Point Django at a database of that name, with all tables; ends the script where PostgreSQL is not there."""
    _create_database(name)
    os.environ.update(production(name))
    os.environ.pop("REDIS_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _create_database(name: str) -> None:
    try:
        with psycopg.connect(url("postgres"), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        print(f"Skipped: no PostgreSQL at {SERVER} ({error}). Set GRADUS_TEST_DATABASE_URL.".replace("\n", " "))
        sys.exit()


def _fill() -> None:
    from django.db import transaction

    with psycopg.connect(url(), autocommit=True) as academy:
        if academy.execute("SELECT 1 FROM requests_request OFFSET 1000 LIMIT 1").fetchone():
            return
        print(f"making {REQUESTS:,} requests")
        with transaction.atomic():
            _people()
        academy.execute(ROWS, [REQUESTS])
        academy.execute("VACUUM ANALYZE")


def _people() -> None:
    """2,000 students and 40 instructors: `bench-7@bench.invalid` is one of these, `bench-777` one of those."""
    from django.contrib.auth.models import Group

    from gradus.accounts.models import User

    named = [User(email=f"bench-{n}@bench.invalid", display_name=f"Person {n}", password="!") for n in range(1, 2041)]
    groups = {name: Group.objects.get(name=name) for name in ("instructor", "student")}
    through = User.groups.through
    through.objects.bulk_create(
        through(user_id=person.pk, group_id=groups["instructor" if number <= 40 else "student"].pk)
        for number, person in enumerate(User.objects.bulk_create(named), start=1)
    )
