"""The workbench: any workflow's queue, object pages, decisions and bulk decisions inside the Wagtail admin."""

from gradus.flow.workbench.registry import register, workbenches
from gradus.flow.workbench.viewset import Workbench

__all__ = ["Workbench", "register", "workbenches"]
