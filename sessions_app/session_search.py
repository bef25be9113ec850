"""A guest's or partner's search: pictures in, the photos of their subjects in one photo session out."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.core.files import File

from facepass.core.metrics import SEARCHES, time_search
from facepass.models import ApiKey
from galleries.matching import probe, search
from galleries.matching.misses import Miss, find_misses
from galleries.models import Occasion, Person
from galleries.models.copies import keep_one_copy
from recognition.settings.overrides import settings_in
from recognition.types import DescribedFace, DetectionMode, FloatArray
from sessions_app import analytics
from sessions_app.models import PhotoSession

Combine = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class SessionSearch:
    """What a search gave.

    `faces`: of each picture, in pixels of that picture upright.
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

    def count(self, *, key: ApiKey | None = None) -> None:
        """Count that somebody searched, by which key where it was a partner, and whether anything was found."""
        found = len(drop_copies(self.matches))
        analytics.count_search(self.session, found=found, processing_ms=self.processing_ms, key=key)
        SEARCHES.labels("hit" if found else "miss").inc()


def search_session(
    session: PhotoSession,
    pictures: Sequence[File[bytes]],
    *,
    people: Sequence[Person] = (),
    combine: Combine = "any",
    threshold: float | None = None,
    limit: int = search.DEFAULT_LIMIT,
    explain: bool = False,
    vouched: Collection[UUID] = (),
    copies: bool = False,
    mode: DetectionMode | None = None,
) -> SessionSearch:
    """Return photos of any, or of all, of the pictures' subjects and the people. Pictures are held in memory only.

    `vouched`: faces of which it is known that they are the subjects'. `copies`: with each copy of a photo
    (`galleries.models.copies`), for who keeps what was found; otherwise each photo is there once.

    `mode`: of detection in the pictures, within the bounds of the settings.

    Nothing is written: whoever has made sure that the answer may still be given counts it (`SessionSearch.count`).
    Raise what `probe.read_subject` raises.
    """
    started = time.perf_counter()
    settings = settings_in(session.studio_id, session.pk, detection=mode)
    rules = settings.confidence_thresholds
    within = Occasion(session.studio_id, session_id=session.pk)
    with time_search("describe"):
        faces = [probe.read_subject(picture, settings=settings, mode=mode).faces_as_sent[0] for picture in pictures]
    with time_search("compare"):
        findings = [
            search.search_photos(
                face.descriptor,
                within=within,
                threshold=threshold,
                limit=search.MAX_LIMIT,
                rules=rules,
                weak=search.is_weak_probe(face),
                vouched=vouched,
            )
            for face in faces
        ]
    named = [
        search.find_photos_of_person(p, within=within, threshold=threshold, limit=search.MAX_LIMIT) for p in people
    ]
    matches = search.combine_matches([*(each.matches for each in findings), *named], combine=combine)
    possible = _possible(findings, named, matches, combine=combine)
    if not copies:
        matches, possible = drop_copies(matches), drop_copies(possible)
    matches, possible = matches[:limit], possible[:limit]
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
    given = {match.face.photo.sha256 for match in matches}
    wider = search.combine_matches([*(each.matches + each.possible for each in findings), *named], combine=combine)
    return [match for match in wider if match.face.photo.sha256 not in given]


def _misses(
    descriptors: Sequence[FloatArray], matches: list[search.Match], *, within: Occasion, threshold: float
) -> list[Miss]:
    return [miss for each in descriptors for miss in find_misses(each, matches, within=within, threshold=threshold)]


def drop_copies(matches: Iterable[search.Match]) -> list[search.Match]:
    """Return the matches with each photo once: see `galleries.models.copies`."""
    return keep_one_copy(matches, photo_of=lambda match: match.face.photo)
