"""Photo sessions for the edges of galleries, which know their ids only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from facepass.core.access.tenancy import Principal
from galleries.models import PhotoFace
from galleries.staff_kit.photo_sessions import FoundByGuests, SessionEntry
from sessions_app import session_access
from sessions_app.models import FoundPhoto, HiddenFace, PhotoSession


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

    def count_found(self, photos: Collection[UUID]) -> FoundByGuests:
        """Count what guests' pages show; what one only looked through was found for nobody."""
        rows = FoundPhoto.objects.kept().shown().filter(photo__in=photos, guest__withdrawn_at=None)
        found = rows.exclude(face=None).aggregate(guests=Count("guest", distinct=True))
        liked = rows.filter(favourite=True).aggregate(favourites=Count("photo__sha256", distinct=True))
        return FoundByGuests(**found, **liked)


def keep_hidden(face_ids: Collection[UUID]) -> None:
    """Hide each face of a group that somebody hid, before some of its faces leave it for another event."""
    hidden = HiddenFace.objects.filter(with_group=True, face__cluster__faces__in=face_ids).distinct()
    groups = hidden.values_list("hiding_id", "face__cluster_id")
    faces = PhotoFace.objects.filter(cluster__in={group for _hiding, group in groups})
    of_group: dict[UUID | None, list[UUID]] = defaultdict(list)
    for face, group in faces.values_list("pk", "cluster_id"):
        of_group[group].append(face)
    rows = (
        HiddenFace(hiding_id=hiding, face_id=face, with_group=True)
        for hiding, group in set(groups)
        for face in of_group[group]
    )
    HiddenFace.objects.bulk_create(rows, ignore_conflicts=True)


def build_entry(session: PhotoSession) -> SessionEntry:
    return SessionEntry(
        pk=session.pk,
        studio_id=session.studio_id,
        studio=session.studio.name,
        name=session.name,
        day=session.day,
        path=event_path(session),
    )


def event_path(session: PhotoSession) -> str:
    """Return the address of the event's page."""
    return reverse("admin:sessions_app_photosession_event", args=[session.pk])
