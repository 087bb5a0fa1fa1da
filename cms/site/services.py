"""Bringing a site into being, and giving editors the keys to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from cms.site.models import HomePage
from gradus.accounts.roles import Role

PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SNIPPETS = ("topic", "video", "lessonfile")


@dataclass(frozen=True)
class Pages:
    """The pages every site has."""

    home: HomePage
    courses: Page


@transaction.atomic
def ensure_site() -> Pages:
    """Home, the course catalogue at /courses/ and the default site, made where they are missing; safe to repeat."""
    home = HomePage.objects.first() or _make_home()
    index_model = apps.get_model("catalog.CourseIndexPage")
    courses = index_model.objects.first()
    if courses is None:
        courses = home.add_child(instance=index_model(title="Courses", slug="courses", show_in_menus=True))
    grant_editing(home)
    return Pages(home, courses)


def _make_home() -> HomePage:
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    home: HomePage = root.add_child(instance=HomePage(title=settings.SITE_NAME, slug=_free_slug(root)))
    _point(site, home)
    return home


def _free_slug(root: Page) -> str:
    """`home`, unless Wagtail's own welcome page has it."""
    taken = set(root.get_children().values_list("slug", flat=True))
    return "home" if "home" not in taken else f"home-{slugify(settings.SITE_NAME)}"


def _point(site: Site | None, home: HomePage) -> None:
    """Make `home` the root of the default site at our address, and remove Wagtail's welcome page that was."""
    place = {**_place(settings.BASE_URL), "site_name": settings.SITE_NAME}
    if site is None:
        Site.objects.create(**place, root_page=home, is_default_site=True)
        return
    welcome = site.root_page
    Site.objects.filter(pk=site.pk).update(**place, root_page=home)
    Site.clear_site_root_paths_cache()
    if welcome.specific_class is Page and not welcome.get_children().exists():
        welcome.delete()


def move_site(url: str) -> None:
    """Let the default site follow the address it is served at; a host an administrator gave it stays."""
    if Site.objects.filter(is_default_site=True, hostname__in=LOOPBACK).update(**_place(url)):
        Site.clear_site_root_paths_cache()


def _place(url: str) -> dict[str, str | int]:
    address = urlsplit(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    return {"hostname": address.hostname or "localhost", "port": port}


def grant_editing(home: HomePage) -> None:
    """Editors write, publish and lock pages, and keep images, documents, videos, files and topics."""
    editors, _made = Group.objects.get_or_create(name=Role.EDITOR.value)
    for right in _permissions("wagtailcore", PAGE_RIGHTS):
        GroupPagePermission.objects.get_or_create(group=editors, page=home, permission=right)
    _grant_collections(editors)
    snippets = [f"{verb}_{name}" for name in SNIPPETS for verb in ("add", "change", "delete", "view")]
    editors.permissions.add(
        *_permissions("catalog", snippets),
        *_permissions("wagtailadmin", ["access_admin"]),
        *_permissions("wagtailredirects", ["add_redirect", "change_redirect", "delete_redirect"]),
    )


def _grant_collections(editors: Group) -> None:
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    rights = [f"{verb}_{name}" for name in ("image", "document") for verb in ("add", "change", "choose", "delete")]
    labels = Q(content_type__app_label="wagtailimages") | Q(content_type__app_label="wagtaildocs")
    for right in Permission.objects.filter(labels, codename__in=rights):
        GroupCollectionPermission.objects.get_or_create(group=editors, collection=root, permission=right)


def _permissions(app_label: str, codenames: Iterable[str]) -> list[Permission]:
    return list(Permission.objects.filter(content_type__app_label=app_label, codename__in=list(codenames)))
