"""Every address of ours, and what it answers to each role."""

import json
from uuid import uuid4

from django.contrib.auth.models import Group

from tests.project.visiting import Visit, a_way_out, an_endpoint, of, of_request, of_requests, post, step_of, who

REPORT = {"id": str(uuid4()), "ranges": "[[40, 42]]", "position": "42"}
FILED = '{"kind": "bug", "values": {"title": "White", "text": "All of it", "severity": "minor"}}'

#                guest student instructor editor analyst admin
EVERYBODY = "      200 200 200 200 200 200"
SIGNED_IN = "      302 200 200 200 200 200"
BY_STAFF = "       302 403 200 200 200 200"
AT_THE_DESK = "    302 403 200 403 403 200"
LOOKING_ON = "     302 403 200 403 200 200"
READERS = "        302 403 403 403 200 200"
ADMINS = "         302 403 403 403 403 200"
ADMINS_DO = "      302 403 403 403 403 302"
NOWHERE = "        302 403 403 403 403 404"
READS_REQUEST = "  302 200 200 404 404 200"

ADDRESSES: dict[str, list[Visit]] = {
    r"^((?:[\w\-]+/)*)$": [
        Visit(EVERYBODY, lambda _everything: [""]),
        Visit(EVERYBODY, lambda _everything: ["courses/"]),
        Visit(EVERYBODY, lambda _everything: ["courses/counterpoint/"]),
        Visit(EVERYBODY, lambda _everything: ["courses/counterpoint/look-first/"]),
        Visit("403 200 200 200 403 200", lambda _everything: ["courses/counterpoint/then-watch/"]),
        Visit(EVERYBODY, lambda _everything: ["about/"]),
        Visit("404", lambda _everything: ["no-such-page/"]),
    ],
    "healthz": [Visit("200")],
    "readyz": [Visit("200")],
    "_util/login/": [Visit("302"), post("302")],
    "robots.txt": [Visit("200")],
    "sitemap.xml": [Visit("200")],
    "media/images/<path:path>": [Visit("404", lambda _everything: ["none.png"])],
    # People
    "people/<int:pk>/": [
        Visit("200", who("instructor")),
        Visit("404 200 200 200 200 200", who("student")),
        Visit("404", lambda _everything: [0]),
    ],
    "people/mode/": [Visit("405"), post("302 302 403 403 403 403", data={"role": "student"})],
    "people/mail/again/": [Visit("405"), post("302")],
    "profile/": [Visit(SIGNED_IN), post("302 422 422 422 422 422", data={"display_name": ""})],
    "profile/keys/new/": [Visit("302")],  # asks for the password again
    "profile/keys/<int:pk>/revoke/": [Visit("405", of("key")), post("302 302 404 404 404 404", of("key"))],
    # The back office
    "admin/login/": [Visit("302 403 302 302 302 302")],
    "admin/password_reset/": [Visit("302")],
    "admin/password_reset/<path:rest>": [Visit("302", lambda _everything: ["done/"])],
    "admin/account/": [Visit(BY_STAFF)],
    "admin/users/": [Visit(ADMINS)],
    "admin/users/results/": [Visit(ADMINS)],
    "admin/users/edit/<int:pk>/": [Visit(ADMINS, who("student"))],
    "admin/groups/delete/<int:pk>/": [  # a role stays: the answer leads back with the reason
        Visit("302 403 403 403 403 302", lambda _everything: [Group.objects.get(name="student").pk])
    ],
    "admin/reports/lesson-media/": [Visit("302 403 403 200 403 403")],
    "admin/reports/lesson-media/results/": [Visit("302 403 403 200 403 403")],
    "admin/analytics/": [Visit(READERS)],
    "admin/analytics/students/": [Visit(READERS)],
    "admin/analytics/students/<int:pk>/": [Visit(READERS, who("student"))],
    "admin/news/<slug:workflow>/": [
        Visit("302 403 200 404 404 200", lambda _everything: ["requests"], data={"since": "0"}),
        Visit("302 403 404 404 404 404", lambda _everything: ["nothing"], data={"since": "0"}),
    ],
    "admin/health/": [Visit(ADMINS)],
    "admin/health/test-mail/": [post(ADMINS_DO)],
    "admin/health/tasks/<str:task_id>/again/": [post(ADMINS_DO, of("failure"))],
    "admin/health/tasks/<str:task_id>/dismiss/": [post(ADMINS_DO, of("failure"))],
    "admin/health/mails/<int:mail_id>/again/": [post(ADMINS_DO, of("mail"))],
    "admin/automations/": [Visit(ADMINS), Visit(ADMINS, data={"outcome": "failed"})],
    "admin/automations/results/": [Visit(ADMINS)],
    "admin/automations/<int:pk>/": [
        Visit(ADMINS, of("run")),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
    ],
    "admin/automations/<int:pk>/again/": [post(ADMINS_DO, of("run"))],
    "admin/rules/books/": [Visit(ADMINS)],
    "admin/rules/books/results/": [Visit(ADMINS)],
    "admin/rules/books/add/": [Visit(ADMINS)],
    "admin/rules/books/edit/<int:pk>/": [Visit(ADMINS, of("book"))],
    "admin/rules/books/delete/<int:pk>/": [Visit(NOWHERE, of("book")), post(NOWHERE, of("book"))],
    "admin/rules/books/unpublish/<int:pk>/": [Visit(NOWHERE, of("book")), post(NOWHERE, of("book"))],
    "admin/rules/books/workflow/action/<int:pk>/<slug:action_name>/<int:task_state_id>/": [
        Visit(NOWHERE, of("book", "approve", 0))
    ],
    "admin/rules/books/workflow/collect_action_data/<int:pk>/<slug:action_name>/<int:task_state_id>/": [
        Visit(NOWHERE, of("book", "approve", 0))
    ],
    "admin/rules/review/<int:pk>/": [
        Visit(ADMINS, of("book")),
        post("302 403 403 403 403 200", of("book"), {"note": ""}),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
    ],
    "admin/rules/review/<int:pk>/decisions/": [
        Visit(ADMINS, of("book")),
        Visit(ADMINS, of("book"), data={"last": "500", "page": "7"}),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
    ],
    "admin/rules/rebase/<path:file>/": [
        Visit(ADMINS_DO, lambda _everything: ["requests/refund.toml"]),
        post(ADMINS_DO, lambda _everything: ["requests/refund.toml"]),
        Visit("302 403 403 403 403 404", lambda _everything: ["nothing.toml"]),
    ],
    "admin/rules/form/": [post(ADMINS, data={"file": "new.toml", "text": "[process"})],
    "admin/rules/form/change/": [
        post(
            ADMINS,
            data={"text": "title = 'x'", "change": '{"op": "set", "path": ["title"], "as": "text", "value": "y"}'},
        )
    ],
    "admin/rules/check/": [post(ADMINS, data={"file": "new.toml", "text": "[process"})],
    "admin/rules/history/": [Visit(ADMINS)],
    "admin/rules/history/<int:number>/": [
        Visit(ADMINS, lambda everything: [everything.version.number]),
        Visit(ADMINS, lambda _everything: [0]),
        Visit("302 403 403 403 403 404", lambda _everything: [7]),
    ],
    "admin/rules/moderation/": [Visit(ADMINS), Visit(ADMINS, data={"reviewable": "true"})],
    "admin/rules/moderation/results/": [Visit(ADMINS)],
    "admin/rules/history/<int:number>/again/": [post(ADMINS_DO, lambda _everything: [1], {"note": "Once more."})],
    "admin/rules/freeze/": [post(ADMINS_DO, data={"book": "requests.Request/refund", "note": "Stop."})],
    "admin/rules/thaw/": [post(ADMINS_DO, data={"book": "requests.Request/refund", "note": "Go on."})],
    "admin/rules/restore/<int:pk>/": [post(ADMINS_DO, of("book"))],
    "admin/rules/export/<int:pk>/": [Visit(ADMINS, of("book"))],
    "admin/rules/editions/": [Visit(ADMINS)],
    "admin/rules/editions/begin/<int:pk>/": [
        post(ADMINS_DO, of("book")),
        post("302 403 403 403 403 404", lambda _everything: [0]),
    ],
    "admin/rules/editions/<str:key>/": [  # the refund has no older edition here
        Visit("302 403 403 403 403 404", lambda _everything: ["requests.request.refund"]),
        post("302 403 403 403 403 404", lambda _everything: ["requests.request.refund"]),
    ],
    "admin/audit/": [Visit(ADMINS), Visit(ADMINS, data={"outcome": "denied"}), Visit(ADMINS, data={"export": "csv"})],
    "admin/audit/results/": [Visit(ADMINS)],
    "admin/audit/people/": [Visit(ADMINS)],
    "admin/audit/<int:pk>/": [
        Visit(ADMINS, of("record")),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
    ],
    "admin/audit/erase/<int:pk>/": [
        Visit(ADMINS, who("student")),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
        post(ADMINS_DO, who("student")),
    ],
    "admin/webhooks/": [Visit(ADMINS)],
    "admin/webhooks/results/": [Visit(ADMINS)],
    "admin/webhooks/new/": [
        Visit(ADMINS),
        post("302 403 403 403 403 422", data={"name": "shop", "url": "https://shop.example.com/"}),
        post(ADMINS, data={"name": "crm", "url": "https://crm.example.com/"}),
    ],
    "admin/webhooks/<int:pk>/": [
        Visit(ADMINS, an_endpoint),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
        post(ADMINS_DO, an_endpoint, {"url": "https://new.example.com/"}),
    ],
    "admin/webhooks/<int:pk>/secret/": [Visit("302 403 403 403 403 405", an_endpoint), post(ADMINS, an_endpoint)],
    "admin/webhooks/<int:pk>/switch/": [post(ADMINS_DO, an_endpoint, {"to": "off"})],
    "admin/webhooks/<int:pk>/test/": [post(ADMINS_DO, an_endpoint)],
    "admin/webhooks/<int:pk>/again/": [post(ADMINS_DO, an_endpoint)],
    "admin/webhooks/<int:pk>/remove/": [post(ADMINS_DO, an_endpoint)],
    "admin/webhooks/deliveries/": [Visit(ADMINS), Visit(ADMINS, data={"status": "dead"})],
    "admin/webhooks/deliveries/results/": [Visit(ADMINS)],
    "admin/webhooks/deliveries/<int:pk>/": [
        Visit(ADMINS, of("hook")),
        Visit("302 403 403 403 403 404", lambda _everything: [0]),
    ],
    "admin/webhooks/deliveries/<int:pk>/again/": [post(ADMINS_DO, of("hook"))],
    "admin/rules/": [Visit(ADMINS)],
    "admin/rules/matrix/<str:key>/": [
        Visit(ADMINS, lambda _everything: ["requests.request.refund"]),
        Visit("302 403 403 403 403 404", lambda _everything: ["no.such"]),
    ],
    "admin/rules/diagram/<str:key>/": [
        Visit(ADMINS, lambda _everything: ["learning.courseprogress"]),
        Visit(ADMINS, lambda _everything: ["catalog.lessonpage"]),
        Visit("302 403 403 403 403 404", lambda _everything: ["no.such"]),
    ],
    "admin/rules/person/": [
        Visit(ADMINS),
        Visit(ADMINS, data={"person": "student@example.com"}),
        Visit(ADMINS, data={"role": "system"}),
        Visit("302 403 403 403 403 422", data={"person": "nobody"}),
    ],
    "admin/rules/why/": [
        Visit(ADMINS),
        Visit(ADMINS, data={"role": "system"}),
        Visit("302 403 403 403 403 422", data={"person": "student@example.com", "object": "nothing"}),
        Visit("302 403 403 403 403 404", data={"of": "no.such"}),
    ],
    "admin/rules/search/people/": [Visit(ADMINS, data={"q": "p"})],
    "admin/rules/search/<str:label>/": [
        Visit(ADMINS, lambda _everything: ["catalog.lessonpage"]),
        Visit("302 403 403 403 403 404", lambda _everything: ["accounts.user"]),
    ],
    "admin/requests/": [Visit(AT_THE_DESK)],
    "admin/requests/results/": [Visit(AT_THE_DESK)],
    "admin/requests/<int:pk>/": [
        Visit(AT_THE_DESK, of_request("submitted")),
        Visit("302 403 404 403 403 404", lambda _everything: [0]),
    ],
    "admin/requests/<int:pk>/<slug:transition>/": [
        Visit(AT_THE_DESK, of_request("submitted", "reject")),
        Visit("302 403 404 403 403 404", of_request("submitted", "no-such-step")),
        post("302 403 302 403 403 302", of_request("submitted", "claim")),
        post("302 403 422 403 403 422", of_request("submitted", "reject")),
        post("302 403 409 403 403 409", of_request("completed", "claim")),
    ],
    "admin/requests/bulk/<slug:transition>/": [
        Visit("302 403 302 403 403 302", lambda _everything: ["approve"]),
        post(AT_THE_DESK, lambda _everything: ["approve"]),
        post("302 403 404 403 403 404", lambda _everything: ["submit"]),
    ],
    "admin/progress-in-courses/": [Visit(LOOKING_ON)],
    "admin/progress-in-courses/results/": [Visit(LOOKING_ON)],
    "admin/progress-in-courses/<int:pk>/": [
        Visit(LOOKING_ON, lambda everything: [everything.progress.pk]),
        Visit("302 403 404 403 404 404", lambda _everything: [0]),
    ],
    "admin/progress-in-courses/<int:pk>/<slug:transition>/": [
        Visit("302 403 302 403 302 200", lambda everything: [everything.progress.pk, "pause"]),
        Visit("302 403 404 403 404 404", lambda everything: [everything.progress.pk, "no-such-step"]),
        post("302 403 403 403 403 302", lambda everything: [everything.progress.pk, "pause"]),
    ],
    "admin/progress-in-courses/bulk/<slug:transition>/": [
        Visit("302 403 302 403 302 302", lambda _everything: ["pause"]),
        post("302 403 404 403 404 200", lambda _everything: ["pause"]),
    ],
    "django-admin/login/": [Visit("302 403 403 403 403 403")],
    "django-admin/password_change/": [Visit("302")],
    # Requests
    "requests/": [Visit(SIGNED_IN)],
    "requests/new/": [Visit(SIGNED_IN)],
    "requests/new/<slug:which>/": [
        Visit(SIGNED_IN, lambda _everything: ["refund"]),
        Visit("302 404 404 404 404 404", lambda _everything: ["no-such-kind"]),
        post("302 422 422 422 422 422", lambda _everything: ["bug"]),
    ],
    "requests/<int:pk>/": [Visit(READS_REQUEST, of_request("approved"))],
    "requests/<int:pk>/status/": [Visit(READS_REQUEST, of_request("approved"))],
    "steps/<str:label>/": [Visit(SIGNED_IN, of_requests()), Visit("302 404 404 404 404 404", lambda _all: ["no.such"])],
    "steps/<str:label>/asked/": [Visit("405", of_requests()), post("404", of_requests())],
    "steps/<str:label>/new/": [Visit(SIGNED_IN, of_requests())],
    "steps/<str:label>/new/<slug:which>/": [
        Visit(SIGNED_IN, of_requests("refund")),
        Visit("302 404 404 404 404 404", of_requests("no-such-kind")),
        post("302 422 422 422 422 422", of_requests("bug")),
        post("302 302 403 403 403 403", of_requests("bug"), {"title": "White", "text": "It", "severity": "minor"}),
    ],
    "steps/<str:label>/<int:pk>/": [
        Visit(READS_REQUEST, lambda everything: ["requests.request", everything.requests["approved"].pk])
    ],
    "steps/<str:label>/<int:pk>/<slug:name>/": [
        Visit("404 200 200 404 404 200", step_of("submitted", "withdraw")),
        post("404 302 403 404 404 403", step_of("submitted", "withdraw")),
        post("404 403 302 404 404 302", step_of("submitted", "claim")),
        post("404 409 409 404 404 409", step_of("completed", "approve")),
        post("404", lambda _everything: ["accounts.User", 1, "approve"]),
    ],
    "files/<uuid:pk>/": [
        Visit("404 200 200 404 404 200", of("attachment")),
        Visit("404", lambda _everything: [uuid4()]),
    ],
    # Learning
    "learning/": [Visit(SIGNED_IN)],
    "learning/courses/<int:course_id>/enrol/": [
        Visit("302 302 200 200 200 200", of("course")),
        post("302", of("course")),
    ],
    "learning/progress/<int:progress_id>/pause/": [
        Visit("302 405 405 405 405 405", of("progress")),
        post("302 302 302 404 302 302", of("progress")),
    ],
    "learning/progress/<int:progress_id>/resume/": [post("302 302 302 404 302 302", of("progress"))],
    "learning/lessons/<int:lesson_id>/reports/": [
        Visit("405", of("film")),
        post("401 200 403 403 403 403", of("film"), REPORT),
        post("401 400 400 400 400 400", of("film"), {"id": "x"}),
    ],
    "learning/lessons/<int:lesson_id>/read/": [
        Visit("302 405 405 405 405 405", of("reading")),
        post("302", of("reading")),
    ],
    "learning/video/<int:video_id>/": [Visit("403 200 200 200 403 200", of("video"))],
    "learning/video/<int:video_id>/captions/": [Visit("403 200 200 200 403 200", of("video"))],
    "learning/video/<int:video_id>/transcript/": [Visit("403 200 200 200 403 200", of("video"))],
    "learning/files/<int:file_id>/": [
        Visit("403 200 200 200 403 200", of("handout")),
        Visit("404", lambda _everything: [0]),
    ],
    # Notifications
    "notifications/": [Visit(SIGNED_IN)],
    "notifications/bell/": [Visit("204 200 200 200 200 200")],
    "notifications/<int:pk>/": [Visit("302 302 404 404 404 404", of("notification"))],
    "notifications/<int:pk>/mark/": [
        Visit("405", of("notification")),
        post("302 302 404 404 404 404", of("notification")),
    ],
    "notifications/mark-all/": [Visit("405"), post("302")],
    "notifications/undo/": [Visit("405"), post("302")],
    "notifications/preferences/": [Visit(SIGNED_IN), post("302", data={"x": "y"})],
    "notifications/unsubscribe/<str:token>/": [
        Visit("200", a_way_out),
        post("200", a_way_out),
        Visit("404", lambda _everything: ["forged"]),
    ],
    # The API
    "api/v1/": [Visit("200")],
    "api/v1/openapi.json": [Visit("200")],
    "api/<path:rest>": [Visit("404", lambda _everything: ["v1/nothing"]), post("404", lambda _everything: ["v2/"])],
    "api/v1/files": [Visit("405"), post("401 422 422 422 422 422")],
    "api/v1/files/<uuidstr:pk>": [
        Visit("401 200 200 404 404 200", of("attachment")),
        Visit("401 404 404 404 404 404", lambda _everything: [uuid4()]),
    ],
    "api/v1/requests/": [
        Visit("401 200 200 200 200 200"),
        post("401 201 403 403 403 403", data=FILED),
        post("401 422 422 422 422 422", data='{"kind": "none"}'),
        post("401 422 422 422 422 422", data=FILED.replace('"minor"', '"minor", "claimed_by": 1')),
        post("401 422 422 422 422 422", data='{"kind": "bug", "transition": "no-such-step"}'),
    ],
    "api/v1/requests/creations": [Visit("401 200 200 200 200 200")],
    "api/v1/requests/choices": [
        Visit("401 422 422 422 422 422"),
        Visit("401 404 403 403 403 403", data={"transition": "submit", "kind": "bug", "param": "files"}),
    ],
    "api/v1/requests/<int:pk>": [Visit("401 200 200 404 404 200", of_request("submitted"))],
    "api/v1/requests/<int:pk>/history": [Visit("401 200 200 404 404 200", of_request("submitted"))],
    "api/v1/requests/<int:pk>/transitions/<transition>": [
        Visit("405", of_request("submitted", "claim")),
        post("401 403 200 404 404 200", of_request("submitted", "claim"), "{}"),
        post("401 409 409 404 404 409", of_request("completed", "claim"), "{}"),
    ],
    "api/v1/progress-in-courses/": [
        Visit("401 200 200 200 200 200"),
        post("401 422 422 422 422 422", data="{}"),
        post("401 409 403 403 403 403", data=lambda all_: json.dumps({"values": {"course": all_.course.pk}})),
    ],
    "api/v1/progress-in-courses/creations": [Visit("401 200 200 200 200 200")],
    "api/v1/progress-in-courses/choices": [
        Visit("401 422 422 422 422 422"),
        Visit("401 200 403 403 403 403", data={"transition": "enrol", "param": "course"}),
    ],
    "api/v1/progress-in-courses/<int:pk>": [Visit("401 200 200 404 200 200", of("progress"))],
    "api/v1/progress-in-courses/<int:pk>/history": [Visit("401 200 200 404 200 200", of("progress"))],
    "api/v1/progress-in-courses/<int:pk>/transitions/<transition>": [
        post("401 200 403 404 403 200", of("progress", "pause"), "{}"),
    ],
    # The style guide is for those who build pages.
    "design/": [Visit("404")],
    "design/<slug:name>/": [Visit("404", lambda _everything: ["course"])],
}
