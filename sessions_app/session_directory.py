"""Photo sessions for the edges of galleries, which know their ids only."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from facepass.core.access.tenancy import Principal
from galleries.staff_kit.photo_sessions import SessionEntry
from sessions_app import session_access
from sessions_app.models import PhotoSession


class LocalDirectory:
    """Reads the table of photo sessions, which has copies of Pixora's too, so that no page waits for Pixora."""

    def find(self, ids: Collection[UUID], *, principal: Principal) -> dict[UUID, SessionEntry]:
        sessions = PhotoSession.objects.visible_to(principal).filter(pk__in=ids).select_related("studio")
        return {session.pk: build_entry(session) for session in sessions}

    def list_latest(self, *, principal: Principal, most: int) -> Sequence[SessionEntry]:
        """Return those that were not deleted in Pixora, the latest made first."""
        sessions = PhotoSession.objects.visible_to(principal).filter(gone_at=None).select_related("studio")
        return [build_entry(session) for session in sessions.order_by("-created_at", "pk")[:most]]

    def is_of_studio(self, pk: UUID, *, studio_id: UUID) -> bool:
        """Ask Pixora only where the table has no copy, or one of what was deleted there."""
        known = PhotoSession.objects.filter(pk=pk, gone_at=None).first()
        if known is None:
            current = session_access.find_current([pk]).get(pk)
            known = current.session if current else None
        return known is not None and known.studio_id == studio_id


def build_entry(session: PhotoSession) -> SessionEntry:
    return SessionEntry(
        pk=session.pk,
        studio_id=session.studio_id,
        studio=session.studio.name,
        name=session.name,
        day=timezone.localdate(session.scheduled_at or session.created_at),
        path=reverse("admin:sessions_app_photosession_event", args=[session.pk]),
    )
