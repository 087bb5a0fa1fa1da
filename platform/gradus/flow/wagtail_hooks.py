"""Puts every app's workbench into the admin."""

from wagtail import hooks

from gradus.flow.workbench import Workbench, workbenches


@hooks.register("register_admin_viewset")
def register_workbenches() -> list[Workbench]:
    return workbenches()
