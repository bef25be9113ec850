"""A guest's or partner's search: a picture in, the photos of its subject in one photo session out."""

import time
from dataclasses import dataclass

from django.core.files import File

from galleries import probe, search
from galleries.models import Gallery
from recognition.types import DescribedFace
from sessions_app.models import PhotoSession


@dataclass(frozen=True, slots=True)
class SessionSearch:
    session: PhotoSession
    face: DescribedFace
    """The probe's face, in pixels of the picture as it was read (at most `probe.PROBE_SIDE`)."""
    matches: list[search.Match]
    threshold: float
    processing_ms: float


def search_session(
    session: PhotoSession, picture: File[bytes], *, threshold: float | None = None, limit: int = search.DEFAULT_LIMIT
) -> SessionSearch:
    """Photos of the picture's subject. The picture is held in memory only, and nothing of it is kept.

    Raises what `probe.read` and `probe.subject` raise.
    """
    started = time.perf_counter()
    least = search.default_threshold() if threshold is None else threshold
    face = probe.subject(probe.read(picture))
    galleries = Gallery.objects.filter(studio_id=session.studio_id).of_session(session.pk)
    matches = search.photos_of(
        face.descriptor, gallery_ids=galleries.values_list("pk", flat=True), threshold=least, limit=limit
    )
    elapsed = (time.perf_counter() - started) * 1000
    return SessionSearch(session, face, matches, least, round(elapsed, 1))
