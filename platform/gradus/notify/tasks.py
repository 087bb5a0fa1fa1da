"""What a worker does for notifications. Arguments are ids, and every task may run twice without harm."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gradus.core.tasks import enqueue
from gradus.notify.mail import compose, still_wanted
from gradus.notify.models import Change, Mail, MailStatus, Notification
from gradus.notify.services import SEND_MAIL, SILENCE

log = logging.getLogger(__name__)

# How long to wait after the first, second ... failure; after the last the mail waits for a person.
LADDER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
KEEP_CHANGES = timedelta(hours=1)
KEEP_READ = timedelta(days=180)
AT_ONCE = 500


def send_mail(mail_id: int) -> str:
    """Send one queued mail; returns what became of it. A failure is kept on its row and tried again later."""
    mail = _claim(mail_id)
    if mail is None:
        return "taken already"
    if not still_wanted(mail):
        return _settle(mail, MailStatus.SKIPPED)
    try:
        compose(mail).send()
    except (OSError, SMTPException) as error:
        return _postpone(mail, error)
    except Exception as error:
        # A template that cannot be drawn will not draw itself later: no second try.
        log.exception("Mail %s cannot be written", mail.pk)
        mail.error = f"{type(error).__name__}: {error}"
        return _settle(mail, MailStatus.FAILED)
    mail.sent_at, mail.error = timezone.now(), ""
    return _settle(mail, MailStatus.SENT)


def _claim(mail_id: int) -> Mail | None:
    queued = Mail.objects.filter(pk=mail_id, status=MailStatus.QUEUED)
    if not queued.update(status=MailStatus.SENDING, attempts=F("attempts") + 1, due_at=timezone.now() + SILENCE):
        return None
    return Mail.objects.select_related("notification__user").get(pk=mail_id)


def _settle(mail: Mail, status: MailStatus) -> str:
    mail.status = status
    mail.save(update_fields=["status", "error", "sent_at"])
    return str(status)


def _postpone(mail: Mail, error: Exception) -> str:
    mail.error = f"{type(error).__name__}: {error}"
    log.warning("Mail %s was not sent: %s", mail.pk, mail.error)
    if mail.attempts > len(LADDER):
        return _settle(mail, MailStatus.FAILED)
    mail.due_at = timezone.now() + LADDER[mail.attempts - 1]
    mail.save(update_fields=["due_at"])
    return _settle(mail, MailStatus.QUEUED)


def send_due() -> int:
    """Queue the mails whose next try has come, and those whose task or worker died; run every minute."""
    now = timezone.now()
    due = Mail.objects.filter(status__in=[MailStatus.QUEUED, MailStatus.SENDING], due_at__lte=now)
    with transaction.atomic():
        ids = list(due.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])
        due.filter(pk__in=ids).update(status=MailStatus.QUEUED, due_at=now + SILENCE)
        for pk in ids:
            enqueue(SEND_MAIL, pk)
    return len(ids)


def sweep() -> None:
    """Forget outbox lines that every page has long seen, and notifications that were read long ago; run hourly."""
    now = timezone.now()
    Change.objects.filter(created_at__lt=now - KEEP_CHANGES).delete()
    Notification.objects.filter(read_at__lt=now - KEEP_READ).delete()
