"""What the server answers with. Fields that a newer server adds are left out."""

from dataclasses import dataclass, field, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Shape:
    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in body.items() if name in known})


@dataclass(frozen=True, slots=True)
class User(Shape):
    id: str
    email: str | None
    full_name: str
    external_id: str | None
    metadata: dict[str, Any]
    created_at: str
    face_count: int = 0


@dataclass(frozen=True, slots=True)
class Task(Shape):
    """`state`: pending, running, done, failed or cancelled. `error`: a stable code where it failed."""

    id: str
    kind: str
    state: str
    progress: dict[str, Any]
    result: dict[str, Any] | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Face(Shape):
    id: str
    user_id: str | None
    photo_id: str
    gallery_id: str
    bbox: dict[str, float]
    confidence: float
    quality: dict[str, Any]
    verified: bool
    enrolled: bool
    thumbnail_url: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Gallery(Shape):
    id: str
    title: str
    shoot_date: str | None
    session_id: str | None
    created_at: str
    photo_count: int = 0
    face_count: int = 0


@dataclass(frozen=True, slots=True)
class UploadReport(Shape):
    accepted: list[dict[str, str]] = field(default_factory=list)
    duplicates: list[dict[str, str]] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress(Shape):
    total: int
    pending: int
    processing: int
    processed: int
    failed: int
    faces: int
    eta_seconds: float | None

    @property
    def is_over(self) -> bool:
        return self.pending == self.processing == 0


@dataclass(frozen=True, slots=True)
class Match(Shape):
    photo_id: str
    filename: str
    face_id: str
    bbox: dict[str, float]
    cosine: float
    similarity: float
    thumbnail_url: str
    image_url: str


@dataclass(frozen=True, slots=True)
class SessionSearch(Shape):
    """`matches`: photos of the person. `possible`: photos that may show the same person, to be offered as a question;
    none of them is among the matches. Both best first. `threshold`: the similarity that a match needed.
    """

    session_id: str
    searched_face: dict[str, Any]
    matches: list[Match]
    possible: list[Match]
    threshold: float


@dataclass(frozen=True, slots=True)
class Reference(Shape):
    id: str
    label: str
    quality: dict[str, Any]
    created_at: str


@dataclass(frozen=True, slots=True)
class FoundFace(Shape):
    bbox: dict[str, float]
    landmarks: list[list[float]]
    confidence: float
    quality: dict[str, Any]
    face_id: str | None = None


@dataclass(frozen=True, slots=True)
class Verification(Shape):
    verified: bool
    cosine: float
    similarity: float
    threshold: float
    face: dict[str, Any]
    processing_ms: float


@dataclass(frozen=True, slots=True)
class Detection(Shape):
    photo_id: str | None
    width: int
    height: int
    saved: bool
    faces: list[FoundFace]


@dataclass(frozen=True, slots=True)
class Challenge(Shape):
    challenge_id: str
    steps: list[str]
    expires_at: str


@dataclass(frozen=True, slots=True)
class Verdict(Shape):
    live: bool
    reasons: list[str]
