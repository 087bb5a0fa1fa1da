"""What people read: refusals and values in their own words."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext
from django.utils.translation import gettext as _

from gradus.accounts.roles import Role
from gradus.policy import machines, tree
from gradus.policy.books import Book, Right, TransitionRule
from gradus.policy.texts import said

ROLES = {
    Role.GUEST: gettext_lazy("guests"),
    Role.STUDENT: gettext_lazy("students"),
    Role.INSTRUCTOR: gettext_lazy("instructors"),
    Role.EDITOR: gettext_lazy("editors"),
    Role.ANALYST: gettext_lazy("analysts"),
    Role.ADMIN: gettext_lazy("administrators"),
    Role.SYSTEM: gettext_lazy("the platform itself"),
}

# Why a comparison is not true.
FORMS: dict[tree.Op, str] = {
    "eq": gettext_noop("the %(left)s is not %(right)s"),
    "ne": gettext_noop("the %(left)s is %(right)s"),
    "lt": gettext_noop("the %(left)s is not below %(right)s"),
    "le": gettext_noop("the %(left)s is above %(right)s"),
    "gt": gettext_noop("the %(left)s is not above %(right)s"),
    "ge": gettext_noop("the %(left)s is below %(right)s"),
}
MOMENTS: dict[tree.Op, str] = {
    **FORMS,
    "lt": gettext_noop("the %(left)s is not before %(right)s"),
    "le": gettext_noop("the %(left)s is after %(right)s"),
    "gt": gettext_noop("the %(left)s is not after %(right)s"),
    "ge": gettext_noop("the %(left)s is before %(right)s"),
}

CAPITAL_NOUNS = frozenset({"de"})


def nothing_there() -> str:
    return _("There is nothing to decide about.")


def unknown_rule(name: str) -> str:
    return _("No rule allows “%(name)s” here.") % {"name": name}


def no_row(rule: Right) -> str:
    """Who may, told to somebody who may not."""
    if rule.frozen:
        return str(rule.frozen)
    if not rule.rows:
        return _("Nobody may do this.")
    roles = get_text_list([str(ROLES[role]) for role in rule.rows], _("and"))
    return _("Only %(roles)s may do this.") % {"roles": roles}


def state_label(book: Book, state: str) -> str:
    if book.definition and state in book.definition.states:
        return said(book.definition.states[state].label)
    machine = machines.for_model(book.model)
    label = machine.states.get(state) if machine else None
    return str(label or state.replace("_", " "))


def wrong_state(book: Book, rule: Right, state: str, move: machines.Move | None) -> str:
    sources = [state_label(book, source) for source in sorted(move.sources if move else ()) if source]
    if state == "":
        return _("It does not exist yet.")
    now = state_label(book, state)
    if not sources or not isinstance(rule, TransitionRule):
        return _("It is “%(state)s” already.") % {"state": now}
    wanted = get_text_list([quoted(source) for source in sources], _("or"))
    return _("This is possible while it is %(wanted)s; it is “%(state)s” now.") % {"wanted": wanted, "state": now}


def value_text(field: tree.Field | None, value: Any) -> str:
    """A value as people write it; money in minor units becomes 250.00."""
    match value:
        case None:
            return _("missing")
        case bool():
            return _("yes") if value else _("no")
        case int() if field is not None and field.money:
            return str(number_format(Decimal(value) / 100, decimal_pos=2, force_grouping=True))
        case int() | float() | Decimal():
            return str(number_format(value, force_grouping=True))
        case datetime():
            return str(date_format(timezone.localtime(value), "DATETIME_FORMAT"))
        case date():
            return str(date_format(value, "DATE_FORMAT"))
        case timedelta():
            return span_text(value)
    labels = dict(field.labels) if field is not None else {}
    return quoted(said(labels[value]) if value in labels else value)


def quoted(text: Any) -> str:
    return _("“%(text)s”") % {"text": text}


def inside(label: str) -> str:
    """A label in the middle of a sentence: small letters, but not where nouns keep a capital."""
    found = said(label)
    return found if (get_language() or "").split("-")[0] in CAPITAL_NOUNS else found.lower()


def span_text(span: timedelta) -> str:
    seconds = abs(int(span.total_seconds()))
    if seconds and not seconds % 86400:
        return ngettext("%(count)d day", "%(count)d days", seconds // 86400) % {"count": seconds // 86400}
    if seconds and not seconds % 3600:
        return ngettext("%(count)d hour", "%(count)d hours", seconds // 3600) % {"count": seconds // 3600}
    if seconds and not seconds % 60:
        return ngettext("%(count)d minute", "%(count)d minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}


def operand_text(operand: tree.Operand, beside: tree.Operand | None = None) -> str:
    """How an operand is named in a sentence; a literal is written as its field would be."""
    match operand:
        case tree.Field(label=label):
            return inside(label)
        case tree.Const(value):
            return value_text(beside if isinstance(beside, tree.Field) else None, value)
        case tree.Person():
            return _("you")
        case tree.Now():
            return _("now")
        case tree.Fact(name):
            return _("your %(fact)s") % {"fact": name.replace("_", " ")}
        case tree.Shift(of, by):
            form = _("%(span)s after %(moment)s") if by > timedelta(0) else _("%(span)s before %(moment)s")
            return form % {"span": span_text(by), "moment": operand_text(of)}
        case tree.Happening(name):
            return name


def leaf_text(node: tree.Leaf) -> str:
    """Why a leaf in normal form is not true, when its author gave it no words."""
    match node:
        case tree.Compare(op, left, right):
            return _comparison(op, left, right)
        case tree.OneOf(left, values, negated):
            return _one_of(left, values, negated=negated)
        case tree.Holds(many, item, negated):
            words = {"item": operand_text(item), "list": operand_text(many)}
            return (_("%(item)s: already in the %(list)s") if negated else _("%(item)s: not in the %(list)s")) % words
        case tree.Missing(of, negated):
            words = {"what": operand_text(of)}
            return (_("the %(what)s is missing") if negated else _("the %(what)s is there already")) % words
        case tree.Term(name, yes=yes, no=no, negated=negated):
            return str(yes if negated else no) or name.replace("_", " ")
    return _("nobody may do this")


def _comparison(op: tree.Op, left: tree.Operand, right: tree.Operand) -> str:
    if isinstance(right, tree.Person):
        form = _("you are not the %(left)s") if op == "eq" else _("you are the %(left)s")
        return form % {"left": operand_text(left)}
    if isinstance(right, tree.Const) and right.kind == "flag":
        wanted = right.value == (op == "eq")
        form = _("“%(left)s” does not hold") if wanted else _("“%(left)s” holds")
        return form % {"left": operand_text(left)}
    forms = MOMENTS if left.kind == "moment" else FORMS
    return _(forms[op]) % {"left": operand_text(left), "right": operand_text(right, left)}


def _one_of(left: tree.Operand, values: tuple[Any, ...] | tree.Fact, *, negated: bool) -> str:
    if isinstance(values, tree.Fact):
        listed = operand_text(values)
    else:
        field = left if isinstance(left, tree.Field) else None
        listed = get_text_list([value_text(field, value) for value in values], _("or"))
    form = _("the %(left)s is %(list)s") if negated else _("the %(left)s is not %(list)s")
    return form % {"left": operand_text(left), "list": listed}
