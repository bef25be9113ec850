"""The admin's first page."""

import shutil

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext, ngettext

import facepass
from facepass.console import current_work, month_chart
from facepass.console.base import is_superuser
from facepass.core import notices
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from facepass.core.storage import faults as storage_faults
from facepass.models import User
from facepass.ops import hosts_in_trouble, newer_release
from galleries.faces import suggestions
from galleries.models import GalleryImage
from recognition.engines import registry
from sessions_app.models import PhotoSession
from sessions_app.staff import new_event

SESSIONS_SHOWN = 8


def build_first_page(request: HttpRequest, context: dict[str, object]) -> dict[str, object]:
    """Return the first page: what happened, what waits, what runs, what there is, and which model is in use."""
    user = user_of(request)
    recent_notices = [
        (notice, notices.notice_text(notice), notices.notice_url(notice)) for notice in notices.list_notices_for(user)
    ]
    return {
        **context,
        **current_work.build_current_work(user),
        "title": gettext("Overview"),
        "now_path": reverse("admin:now"),
        "new_event_path": reverse("admin:sessions_app_photosession_new") if new_event.may_create(request) else None,
        "engine": _describe_engine(),
        "sessions": _list_sessions(user),
        "storage": _describe_storage(request),
        "troubles": _list_troubles(request),
        "plots": month_chart.build_month_charts(user),
        "notices": recent_notices,
    }


def _list_sessions(user: User) -> list[dict[str, object]]:
    """Return the latest sessions: whether guests may search in them, and how many pairs of groups wait for staff."""
    sessions = PhotoSession.objects.visible_to(user).filter(gone_at=None).order_by("-created_at")[:SESSIONS_SHOWN]
    rows = GalleryImage.objects.filter(gallery__session_id__in=[session.pk for session in sessions]).order_by()
    photos = dict(rows.values_list("gallery__session_id").annotate(Count("pk")))
    pairs = suggestions.count_suggestions(session.pk for session in sessions)
    return [
        {
            "name": session.name,
            "path": reverse("admin:sessions_app_photosession_event", args=[session.pk]),
            "is_open": session.facepass_enabled,
            "state": session.get_status_display(),
            "photos": photos.get(session.pk, 0),
            "pairs": pairs.get(session.pk, 0),
            "pairs_path": reverse("admin:galleries_facecluster_pairs", args=[session.pk]),
        }
        for session in sessions
    ]


def _describe_storage(request: HttpRequest) -> list[tuple[str, str]]:
    """Of the studio's photos; of the machine too for who runs it."""
    photos = GalleryImage.objects.visible_to(user_of(request)).aggregate(bytes=Sum("byte_size"))
    rows = [(gettext("Photos as uploaded"), filesizeformat(photos["bytes"] or 0))]
    if is_superuser(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            rows.append((gettext("Database"), filesizeformat(cursor.fetchone()[0])))
        if settings.ENV.s3_bucket:
            rows.append((gettext("Files"), settings.ENV.s3_bucket))
        else:
            rows.append((gettext("Free on the disk"), filesizeformat(shutil.disk_usage(settings.HOME).free)))
    return rows


def _list_troubles(request: HttpRequest) -> list[str]:
    """Return what is wrong with the installation, for who runs it: hosts, and what photos wait for."""
    if not is_superuser(request):
        return []
    hosts = [f"{host['name']}: {problem}" for host in hosts_in_trouble.list_hosts() for problem in host["problems"]]
    waiting = GalleryImage.objects.unfinished().filter(error=storage_faults.UNAVAILABLE).count()
    text = ngettext(
        "The storage of the photos does not answer: %(number)d photo waits.",
        "The storage of the photos does not answer: %(number)d photos wait.",
        waiting,
    )
    return [*hosts, *([text % {"number": waiting}] if waiting else []), *_describe_newer_release()]


def _describe_newer_release() -> list[str]:
    version = newer_release.load_newer()
    text = gettext("FacePass %(newer)s is out; this is %(version)s.")
    return [text % {"newer": version, "version": facepass.__version__}] if version else []


def _describe_engine() -> dict[str, object]:
    """Return which model describes faces, or why there is none."""
    try:
        engine = registry.engine_in_use()
    except FacePassError as refusal:
        return {"problem": refusal.message}
    return {
        "name": engine.name,
        "model": engine.model,
        "license": engine.license.name,
        "commercial": engine.license.commercial,
    }
