"""A guest's or partner's search: pictures in, the photos of their subjects in one photo session out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.core.files import File

from galleries.matching import probe, search
from galleries.matching.misses import Miss, find_misses
from galleries.models import Occasion, Person
from recognition.config import recognition_settings
from recognition.types import DescribedFace, FloatArray
from sessions_app import analytics
from sessions_app.models import PhotoSession

Combine = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class SessionSearch:
    """What a search gave.

    `faces`: of each picture, in pixels of the picture as it was read (at most `probe.PROBE_SIDE` on its longest side).
    A match's `subjects` are indices of the pictures, then of the people. `possible`: photos that may show the subjects
    as well, none of them among the matches. `threshold`: the lowest similarity that counted. `misses`: None unless the
    search was to explain them.
    """

    session: PhotoSession
    faces: list[DescribedFace]
    matches: list[search.Match]
    possible: list[search.Match]
    threshold: float
    processing_ms: float
    misses: list[Miss] | None = None

    def count(self) -> None:
        """Count that somebody searched and whether anything was found: nothing of whom."""
        analytics.count_search(self.session, found=len(self.matches), processing_ms=self.processing_ms)


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
    """Return photos of any, or of all, of the pictures' subjects and the people. Pictures are held in memory only.

    Nothing is written: whoever has made sure that the answer may still be given counts it (`SessionSearch.count`).
    Raise what `probe.read_picture` and `probe.describe_subject` raise.
    """
    started = time.perf_counter()
    settings = recognition_settings()
    rules = settings.confidence_thresholds
    within = Occasion(session.studio_id, session_id=session.pk)
    faces = [probe.describe_subject(probe.read_picture(picture), settings=settings) for picture in pictures]
    findings = [
        search.search_photos(
            face.descriptor,
            within=within,
            threshold=threshold,
            limit=search.MAX_LIMIT,
            rules=rules,
            weak=search.is_weak_probe(face),
        )
        for face in faces
    ]
    named = [
        search.find_photos_of_person(p, within=within, threshold=threshold, limit=search.MAX_LIMIT) for p in people
    ]
    matches = search.combine_matches([*(each.matches for each in findings), *named], combine=combine)[:limit]
    possible = _possible(findings, named, matches, combine=combine)[:limit]
    least = min((each.threshold for each in findings), default=threshold)
    if least is None:
        least = search.search_threshold(within, rules=rules)
    misses = _misses([face.descriptor for face in faces], matches, within=within, threshold=least) if explain else None
    elapsed = (time.perf_counter() - started) * 1000
    return SessionSearch(session, faces, matches, possible, least, round(elapsed, 1), misses)


def _possible(
    findings: Sequence[search.SearchResult],
    named: Sequence[list[search.Match]],
    matches: Sequence[search.Match],
    *,
    combine: Combine,
) -> list[search.Match]:
    """Return photos that show any, or all, of the subjects only where possible matches count as matches."""
    given = {match.face.photo_id for match in matches}
    wider = search.combine_matches([*(each.matches + each.possible for each in findings), *named], combine=combine)
    return [match for match in wider if match.face.photo_id not in given]


def _misses(
    descriptors: Sequence[FloatArray], matches: list[search.Match], *, within: Occasion, threshold: float
) -> list[Miss]:
    return [miss for each in descriptors for miss in find_misses(each, matches, within=within, threshold=threshold)]
