"""A guest's or partner's search: pictures in, the photos of their subjects in one photo session out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.core.files import File

from galleries import probe, search
from galleries.models import Occasion, Person
from recognition.config import recognition_settings
from recognition.types import DescribedFace, FloatArray
from sessions_app import analytics
from sessions_app.models import PhotoSession

Combine = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class SessionSearch:
    """`faces`: of each picture, in pixels of the picture as it was read (at most `probe.PROBE_SIDE`).

    A match's `subjects` count the pictures first and then the people. `misses` is None unless it was asked for.
    """

    session: PhotoSession
    faces: list[DescribedFace]
    matches: list[search.Match]
    threshold: float
    processing_ms: float
    misses: list[search.Miss] | None = None


def search_session(
    session: PhotoSession,
    pictures: Sequence[File[bytes]],
    *,
    people: Sequence[Person] = (),
    combine: Combine = "any",
    threshold: float | None = None,
    limit: int = search.DEFAULT_LIMIT,
    explain: bool = False,
) -> SessionSearch:
    """Photos of any, or of all, of the pictures' subjects and the people. Pictures are held in memory only; that
    somebody searched is counted.

    Raises what `probe.read` and `probe.subject` raise.
    """
    started = time.perf_counter()
    settings = recognition_settings()
    rules = settings.confidence_thresholds
    least = rules.search if threshold is None else threshold
    within = Occasion(session.studio_id, session_id=session.pk)
    faces = [probe.subject(probe.read(picture), settings=settings) for picture in pictures]
    found = [
        search.photos_of(face.descriptor, within=within, threshold=least, limit=search.MAX_LIMIT, rules=rules)
        for face in faces
    ]
    found += [search.photos_with(p, within=within, threshold=least, limit=search.MAX_LIMIT) for p in people]
    matches = search.together(found, combine=combine)[:limit]
    misses = _misses([face.descriptor for face in faces], matches, within=within, threshold=least) if explain else None
    elapsed = (time.perf_counter() - started) * 1000
    analytics.count_search(session, found=len(matches), processing_ms=elapsed)
    return SessionSearch(session, faces, matches, least, round(elapsed, 1), misses)


def _misses(
    descriptors: Sequence[FloatArray], matches: list[search.Match], *, within: Occasion, threshold: float
) -> list[search.Miss]:
    return [miss for each in descriptors for miss in search.misses(each, matches, within=within, threshold=threshold)]
