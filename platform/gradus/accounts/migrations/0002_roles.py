"""The groups that are roles, with the little Wagtail must know about them. Everything else is rules."""

from django.db import migrations

ROLES = ("student", "instructor", "editor", "analyst", "admin")
STAFF = ("instructor", "editor", "analyst", "admin")
PAGES = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
KEEP = ("add", "change", "delete")
FILES = ("add", "change", "delete", "choose")


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    roles = {name: Group.objects.get_or_create(name=name)[0] for name in ROLES}
    access = _permission(apps, "wagtailadmin", "admin", "access_admin")
    for name in STAFF:
        roles[name].permissions.add(access)
    _give_editors(apps, roles["editor"])
    _give_admins(apps, roles["admin"])
    # What Wagtail brings is neither a role nor used by anybody yet.
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


def _give_editors(apps, editors):
    Page, Collection = apps.get_model("wagtailcore", "Page"), apps.get_model("wagtailcore", "Collection")
    PagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    CollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    pages, files = Page.objects.get(depth=1), Collection.objects.get(depth=1)
    for action in PAGES:
        permission = _permission(apps, "wagtailcore", "page", f"{action}_page")
        PagePermission.objects.get_or_create(group=editors, page=pages, permission=permission)
    kinds = (("wagtailimages", "image", FILES), ("wagtaildocs", "document", FILES), ("wagtailcore", "collection", KEEP))
    for app, model, actions in kinds:
        for action in actions:
            permission = _permission(apps, app, model, f"{action}_{model}")
            CollectionPermission.objects.get_or_create(group=editors, collection=files, permission=permission)
    for action in KEEP:
        editors.permissions.add(_permission(apps, "wagtailredirects", "redirect", f"{action}_redirect"))


def _give_admins(apps, admins):
    """People are switched off, never deleted: what they did stays theirs."""
    for app, model, actions in (
        ("accounts", "user", ("add", "change")),
        ("auth", "group", KEEP),
        ("wagtailcore", "site", KEEP),
    ):
        for action in actions:
            admins.permissions.add(_permission(apps, app, model, f"{action}_{model}"))


def _permission(apps, app, model, codename):
    """Made here when missing: Django makes permissions only after all migrations have run."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": "Can " + codename.replace("_", " ")}
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0011_add_choose_permissions"),
        ("wagtailimages", "0023_add_choose_permissions"),
        ("wagtailredirects", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
