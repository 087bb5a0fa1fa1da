"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from gradus.accounts import views as people
from gradus.accounts.viewsets import BackOfficeAccountView
from gradus.core import errors, health
from gradus.flow.api import build_api

urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("", include("gradus.accounts.urls")),
    # Before Wagtail's own, so that the limits and the second factor of sign-in cannot be walked around.
    path("admin/login/", people.staff_login, name="staff_login"),
    path("_util/login/", people.page_login, name="page_login"),
    path("admin/password_reset/", people.password_reset, name="staff_password_reset"),
    path("admin/password_reset/<path:rest>", people.password_reset),
    path("admin/account/", require_admin_access(BackOfficeAccountView.as_view()), name="back_office_account"),
    path("admin/", include(wagtailadmin_urls)),
    path("api/v1/", build_api().urls),
    # Else Wagtail's addresses match with a slash appended, and a mistaken call is redirected.
    path("api/<path:rest>", errors.nothing_here),
    path("requests/", include("workflows.requests.urls")),
    path("design/", include("gradus.core.urls")),
    path("learning/", include("workflows.learning.urls")),
    path("", include("gradus.flow.urls")),
    path("notifications/", include("gradus.notify.urls")),
    path("django-admin/", admin.site.urls),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("cms.site.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "gradus.core.errors.bad_request"
handler403 = "gradus.core.errors.permission_denied"
handler404 = "gradus.core.errors.not_found"
handler500 = "gradus.core.errors.server_error"
handler429 = "gradus.core.errors.too_many_requests"
