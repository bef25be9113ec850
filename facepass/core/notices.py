"""Notices to staff: on the admin's first page and by e-mail. Any app calls `notify_staff`.

An e-mail holds all new notices, comes at most once an hour to each member, in the member's language, and not to who
switched it off. A worker sends it; where that fails, the next one, an hour later, holds the same notices.
"""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from facepass.core.work.each_row import for_each_row
from facepass.models import ROLE_SCOPES, NoticeKind, Scope, StaffNotice, User

log = logging.getLogger(__name__)

# The same again is no news for so long.
REPEAT_AFTER = timedelta(days=1)
# Between two e-mails to one member; and what happened longer ago is not worth one.
MAIL_PAUSE = timedelta(hours=1)
MAIL_MAX_AGE = timedelta(days=1)
LIST_MAX_AGE, LIST_LENGTH = timedelta(days=14), 8
RETENTION = timedelta(days=30)

# Who hears of it: members whose role has the scope.
REQUIRED_SCOPES: dict[str, Scope] = {
    NoticeKind.GALLERY_DONE: Scope.WRITE,
    NoticeKind.PHOTOS_FAILED: Scope.WRITE,
    NoticeKind.WEBHOOK_DISABLED: Scope.ADMIN,
    NoticeKind.SYNC_FAILED: Scope.ADMIN,
    NoticeKind.TRAINING_DONE: Scope.ADMIN,
    NoticeKind.RETENTION_DUE: Scope.WRITE,
    NoticeKind.FILES_LOST: Scope.ADMIN,
}
# The sentence, whose gaps `data` fills, and the page of the admin where the subject is.
TEXTS = {
    NoticeKind.GALLERY_DONE: _("The gallery “%(title)s” is done. Photos: %(photos)s."),
    NoticeKind.PHOTOS_FAILED: _("Photos of the gallery “%(title)s” that could not be analysed: %(photos)s."),
    NoticeKind.WEBHOOK_DISABLED: _(
        "The webhook to %(host)s was switched off because it has been failing for three days."
    ),
    NoticeKind.SYNC_FAILED: _("The photo sessions in Pixora cannot be read (%(code)s)."),
    NoticeKind.TRAINING_DONE: _("A training has ended. People: %(people)s, faces: %(faces)s."),
    NoticeKind.RETENTION_DUE: _(
        "On %(day)s the first deadline of the event “%(title)s” ends. Its page says what is deleted then for good, and "
        "where to keep it longer."
    ),
    NoticeKind.FILES_LOST: _(
        "Files of photos are missing or damaged: %(files)s. Whoever runs FacePass sees by “manage.py check_files” "
        "which ones, and gets them back from a back-up."
    ),
}
ADMIN_PAGES = {
    NoticeKind.GALLERY_DONE: "galleries_gallery",
    NoticeKind.PHOTOS_FAILED: "galleries_gallery",
    NoticeKind.WEBHOOK_DISABLED: "sessions_app_webhookendpoint",
    NoticeKind.SYNC_FAILED: "facepass_studio",
    NoticeKind.TRAINING_DONE: "training_facetrainingsession",
    NoticeKind.RETENTION_DUE: "sessions_app_photosession",
    NoticeKind.FILES_LOST: "facepass_studio",
}
# Where that is not the form of the subject.
PAGES = {NoticeKind.RETENTION_DUE: "event"}


@transaction.atomic
def notify_staff(kind: NoticeKind, *, studio_id: UUID, subject: UUID, **data: Any) -> None:
    """Create the notice, or renew it where there is one of that kind about that subject.

    `subject` is the id of what it is about; `data` (JSON) fills the gaps of the kind's sentence. The same data within a
    day change nothing.
    """
    key = {"studio_id": studio_id, "kind": kind, "subject": str(subject)}
    notice, is_new = StaffNotice.objects.select_for_update().get_or_create(**key, defaults={"data": data})
    if is_new or (notice.data == data and timezone.now() - notice.happened_at < REPEAT_AFTER):
        return
    notice.data, notice.happened_at = data, timezone.now()
    notice.save(update_fields=["data", "happened_at"])
    notice.told.clear()


def list_notices_for(user: User) -> "QuerySet[StaffNotice]":
    """Return the user's latest notices, for the admin's first page."""
    mine = StaffNotice.objects.all() if user.is_superuser else _notices_of_member(user)
    return mine.filter(happened_at__gte=Now() - LIST_MAX_AGE)[:LIST_LENGTH]


def _notices_of_member(user: User) -> "QuerySet[StaffNotice]":
    mine = Q(pk=None)
    for studio, role in user.memberships.values_list("studio", "role"):
        kinds = [kind for kind, scope in REQUIRED_SCOPES.items() if scope in ROLE_SCOPES[role]]
        mine |= Q(studio=studio, kind__in=kinds)
    return StaffNotice.objects.filter(mine)


def notice_text(notice: StaffNotice) -> str:
    """Return the notice's sentence in the active language."""
    data = dict(notice.data)
    if "day" in data:
        data["day"] = date_format(date.fromisoformat(data["day"]), "DATE_FORMAT")
    return " ".join(str(TEXTS[NoticeKind(notice.kind)] % data).split())


def notice_url(notice: StaffNotice) -> str:
    """Return the path of the admin page with the notice's subject."""
    kind = NoticeKind(notice.kind)
    return reverse(f"admin:{ADMIN_PAGES[kind]}_{PAGES.get(kind, 'change')}", args=[notice.subject])


def send_notice_mails() -> None:
    """Send an e-mail to each member who has new notices and is due one. A chore."""
    due = Q(notices_mailed_at=None) | Q(notices_mailed_at__lte=Now() - MAIL_PAUSE)
    wanting = User.objects.filter(is_active=True, is_staff=True, wants_mail=True).exclude(email="")

    def mail_to(user: User) -> None:
        news = list(_notices_of_member(user).filter(happened_at__gte=Now() - MAIL_MAX_AGE).exclude(told=user))
        # Whoever moves the time sends: another worker may be at it too.
        if news and User.objects.filter(due, pk=user.pk).update(notices_mailed_at=Now()):
            _send(user, news)

    for_each_row(wanting.exclude(memberships=None).filter(due).distinct(), mail_to, task="notices")


def _send(user: User, news: Sequence[StaffNotice]) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject, body = _write_mail(news)
    try:
        send_mail(subject, body, None, [user.email])
    except (SMTPException, OSError) as error:
        log.warning("notices for user %s were not sent: %s", user.pk, type(error).__name__)
        return
    for notice in news:
        # What happened again meanwhile is news for the next one.
        if StaffNotice.objects.filter(pk=notice.pk, happened_at=notice.happened_at).exists():
            notice.told.add(user)


def _write_mail(news: Sequence[StaffNotice]) -> tuple[str, str]:
    subject = ngettext("FacePass: %(number)d notice", "FacePass: %(number)d notices", len(news))
    lines = [f"{notice_text(notice)}\n{settings.PUBLIC_URL}{notice_url(notice)}" for notice in news]
    end = gettext("You get this because you work with FacePass. To stop it: %(address)s")
    lines.append(end % {"address": f"{settings.PUBLIC_URL}{reverse('admin:index')}"})
    return subject % {"number": len(news)}, "\n\n".join(lines)


def delete_old_notices() -> None:
    """Delete notices that are older than RETENTION. A chore."""
    StaffNotice.objects.filter(happened_at__lt=Now() - RETENTION).delete()
