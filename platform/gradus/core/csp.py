"""Two Content-Security-Policies: a strict one for the site, one for the back office.

Wagtail's editor still writes inline scripts (inline panels, date pickers, choosers loaded into
modals), so its policy cannot name a nonce; everything else about it stays closed.
"""

from typing import Any

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def is_back_office(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.BACK_OFFICE_PREFIXES)


class PolicyMiddleware(CSPMiddleware):
    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002  # the signature of django-csp
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and is_back_office(request):
            parts.config = _back_office()
        if getattr(request, "is_preview", False):  # a page of the site, in a frame of the editor
            parts.replace = {**(parts.replace or {}), "frame-ancestors": [SELF]}
        return parts


def _back_office() -> dict[str, Any]:
    directives: dict[str, Any] = settings.CONTENT_SECURITY_POLICY_BACK_OFFICE["DIRECTIVES"]
    return directives
