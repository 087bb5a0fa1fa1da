"""Tests that empty the database leave it as they found it."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Page

from gradus.accounts.roles import HELD


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_flushes_everything() -> None:
    Group.objects.all().delete()
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_the_next_test_finds_roles_and_the_root_page() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= {role.value for role in HELD}
    assert Page.objects.filter(depth=1).exists()
