"""`{% load flow %}`: the state, the timeline and the buttons of any object with a process."""

from typing import Any

from django import template
from django.template import Context

from gradus.core.markup import badge
from gradus.flow import attachments, panels
from gradus.flow.errors import Text
from gradus.flow.models import Attachment, Stateful
from gradus.flow.offering import stopped
from gradus.flow.registry import machine

register = template.Library()


@register.simple_tag
def flow_state(obj: Stateful) -> str:
    """`{% flow_state request %}`: the badge of its state."""
    state = panels.state_of(obj)
    return badge(state.label, state.tone)


@register.filter
def flow_done(obj: Stateful, transition: str) -> Text:
    """`{{ object|flow_done:transition }}`: that it happened, in its book's words and the reader's language."""
    return machine(obj).done(transition)


@register.filter
def flow_label(obj: Stateful, transition: str) -> Text:
    """`{{ object|flow_label:transition }}`: what the transition is called."""
    return machine(obj).label(transition)


@register.inclusion_tag("flow/timeline.html")
def flow_timeline(obj: Stateful) -> dict[str, Any]:
    """`{% flow_timeline request %}`: what happened, newest first, with notes."""
    return {"entries": panels.timeline(obj)}


@register.inclusion_tag("flow/panel.html", takes_context=True)
def flow_actions(context: Context, obj: Stateful, url_name: str = "", opened: str = "") -> dict[str, Any]:
    """`{% flow_actions request "requests:move" %}`: buttons, forms, and why the rest is not possible.

    Without a URL name they are posted to the address every model has. The form of the action `opened` stands open.
    """
    request = context["request"]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "object": obj,
        "state": panels.state_of(obj),
        "actions": panels.actions(obj, request.user, url_name=url_name, opened=opened),
        "stopped": stopped(obj),
    }


@register.simple_tag
def flow_files(obj: Stateful) -> list[Attachment]:
    """`{% flow_files request as files %}`: its attachments, oldest first."""
    return list(attachments.of(obj))
