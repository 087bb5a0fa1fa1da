"""The Wagtail admin wears our colours and shares our components."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def shared_design() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("gradus/css/admin.css"))
