"""Puts every app's workbench into the admin, what happens by itself, and the audit log."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gradus.accounts import sections
from gradus.accounts.roles import Role
from gradus.core.home import Tile
from gradus.flow.audit import forgetting, record
from gradus.flow.audit import report as audit
from gradus.flow.automating import report
from gradus.flow.workbench import Workbench, workbenches

sections.own("automations/", [Role.ADMIN])
sections.own("audit/", [Role.ADMIN])


@hooks.register("register_admin_viewset")
def register_workbenches() -> list[Workbench]:
    return workbenches()


@hooks.register("register_admin_urls")
def automation_urls() -> list[URLPattern]:
    return [
        path("automations/", report.RunsView.as_view(), name="automation_runs"),
        path("automations/results/", report.RunsView.as_view(results_only=True), name="automation_runs_results"),
        path("automations/<int:pk>/", report.one, name="automation_run"),
        path("automations/<int:pk>/again/", report.again, name="automation_run_again"),
    ]


@hooks.register("register_reports_menu_item")
def automation_menu_item() -> MenuItem:
    return MenuItem(gettext_lazy("What happened by itself"), reverse("automation_runs"), icon_name="cogs", order=850)


@hooks.register("register_admin_urls")
def audit_urls() -> list[URLPattern]:
    return [
        path("audit/", audit.AuditView.as_view(), name="audit"),
        path("audit/results/", audit.AuditView.as_view(results_only=True), name="audit_results"),
        path("audit/people/", audit.people, name="audit_people"),
        path("audit/<int:pk>/", record.one, name="audit_record"),
        path("audit/erase/<int:pk>/", forgetting.erase_facts, name="audit_erase"),
    ]


@hooks.register("register_reports_menu_item")
def audit_menu_item() -> MenuItem:
    return MenuItem(gettext_lazy("Audit log"), reverse("audit"), icon_name="history", order=840)


@hooks.register("register_log_actions")
def audit_log_actions(actions: Any) -> None:
    label, message = gettext_lazy("Erase recorded facts"), gettext_lazy("Recorded facts were erased")
    actions.register_action(forgetting.ERASED, label, message)


@hooks.register("gradus_home_tiles")
def waiting(request: HttpRequest) -> list[Tile]:
    """What waits for this person in each workflow they may see: the numbers the menu has counted."""
    benches = [bench for bench in workbenches() if bench.waits and bench.may_enter(request.user)]
    return [_tile(bench, bench.waiting_count(request)) for bench in benches]


def _tile(bench: Workbench, count: str) -> Tile:
    note = _("Nothing waits for you.") if count == "0" else _("wait for you")
    return Tile(bench.menu_label, bench.index_path, count, note, order=bench.menu_order // 10, urgent=count != "0")
