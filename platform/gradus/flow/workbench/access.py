"""Who may enter a workbench, and the object they came for."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gradus.core.errors import Refused, permission_denied
from gradus.flow.models import Stateful
from gradus.flow.verdicts import VIEW

if TYPE_CHECKING:
    from gradus.flow.workbench.viewset import Workbench


class BenchMixin:
    """For the views of one workbench: 403 for a role that has nothing to do here.

    Answered, not raised: Wagtail turns the exception into a redirect.
    """

    bench: "Workbench" = None  # type: ignore[assignment]  # given by the viewset
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.bench.may_enter(request.user):
            return permission_denied(request, Refused(_("Your role has nothing to decide here."), None, VIEW))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def one(self, pk: int) -> Stateful:
        """The object, or 404 when it is not there for this person."""
        found = self.bench.visible_to(self.request.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]
