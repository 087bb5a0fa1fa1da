"""Puts every app's workbench into the admin."""

from django.utils.module_loading import autodiscover_modules
from wagtail import hooks

from gradus.flow.workbench import Workbench, workbenches


@hooks.register("register_admin_viewset")
def register_workbenches() -> list[Workbench]:
    autodiscover_modules("workbench")
    return workbenches()
