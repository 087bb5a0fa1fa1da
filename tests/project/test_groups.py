"""Tests that share something scarce stay together: in one process, one after the other."""

import pytest


@pytest.mark.xdist_group("groups")
def test_a_group_is_known_to_who_deals_out_the_tests(request: pytest.FixtureRequest) -> None:
    dealt_by_group = getattr(request.config.option, "loadgroup", False)  # as make test does
    assert request.node.nodeid.endswith("@groups") == dealt_by_group
