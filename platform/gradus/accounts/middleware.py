"""Whoever asks: their mode, time zone and language, and the second factor staff must have."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from gradus.accounts import modes
from gradus.accounts.models import User
from gradus.accounts.roles import STAFF, Role
from gradus.accounts.sections import may_enter, section_of
from gradus.core import errors

Handler = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware:
    """Sets `request.user.act_as` and shows times and words the way this person reads them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        user.act_as = modes.chosen(request.session)
        with timezone.override(user.zone), translation.override(_language(user)):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            _remember_language(user, request.LANGUAGE_CODE)
            return self.get_response(request)


def _language(user: User) -> str:
    return user.language if user.language in dict(settings.LANGUAGES) else translation.get_language()


def _remember_language(user: User, language: str) -> None:
    """What is told while they are away is told in it, unless they chose one."""
    if language != user.mail_language:
        user.read_in = language
        User.objects.filter(pk=user.pk).update(read_in=language)


class StaffSecondFactorMiddleware:
    """With STAFF_SECOND_FACTOR on, staff reach nothing but their account until they have set one up."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and _lacks_second_factor(request):
            return _ask_for_second_factor(request)
        return self.get_response(request)


def _lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    return (
        not request.path_info.startswith(settings.SECOND_FACTOR_EXEMPT)
        and isinstance(user, User)
        and bool(user.roles & STAFF)
        and not is_mfa_enabled(user)
    )


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    words = _("Your role asks for a second factor when you sign in. Please set one up to go on.")
    if errors.wants_json(request):
        return errors.problem(403, words)
    messages.info(request, words)
    return redirect("mfa_activate_totp")


# Reached before somebody is anybody, and to leave.
OPEN = ("login", "logout", "password_reset", "sprite", "jsi18n")


class BackOfficeMiddleware:
    """403 in the back office for whoever does not act in the role whose work the section is."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.prefix = settings.BACK_OFFICE_PREFIXES[0]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if request.path_info.startswith(self.prefix) and isinstance(user, User):
            section = section_of(request.path_info)
            if not section.startswith(OPEN) and not may_enter(user, section):
                raise PermissionDenied(_refusal(user))
            _leave_pages_to_editors(user)
            _read_the_clock_of(user)
        return self.get_response(request)


# Where Wagtail keeps what a person's groups may do with pages and with files, once it has asked.
OF_EDITORS = ("_page_permission_cache", "_collection_permission_cache")


def _leave_pages_to_editors(user: User) -> None:
    """Wagtail asks for the permissions of all roles somebody holds; here only the one they act in counts."""
    if user.acting_role is not Role.EDITOR:
        for kept in OF_EDITORS:
            setattr(user, kept, [])


def _read_the_clock_of(user: User) -> None:
    """Wagtail has a time zone and a language of its own per person; ours go for both."""
    profile = getattr(user, "wagtail_userprofile", None) or UserProfile(user=user)
    profile.current_time_zone, profile.preferred_language = user.zone.key, user.language


def _refusal(user: User) -> str:
    words = _("This part of the back office is not for the role you are acting in (%(role)s).")
    if modes.options(user):
        words += " " + _("You hold other roles too: switch to the one it belongs to.")
    return words % {"role": user.acting_role.label}
