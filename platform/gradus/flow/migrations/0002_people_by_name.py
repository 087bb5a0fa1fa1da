"""The index behind the search for people by the beginning of their name, which matches without regard to case.

On PostgreSQL alone, as Django's own indexes for LIKE: models cannot name such an index for every database.
"""

from typing import Any

from django.db import migrations

TABLE, INDEX = "accounts_user", "flow_people_by_name"


def create(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"CREATE INDEX {INDEX} ON {TABLE} (UPPER(display_name::text) text_pattern_ops)")


def drop(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("flow", "0001_initial"), ("accounts", "0003_api_keys")]

    operations = [migrations.RunPython(create, drop)]
