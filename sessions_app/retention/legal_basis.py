"""On which legal basis the faces of an event are there: as the event states it, else as its studio does."""

from dataclasses import dataclass
from typing import Literal

from facepass.models import Studio
from sessions_app.models import LegalBasis, PhotoSession, StatedBasis

Source = Literal["studio", "event"]


@dataclass(frozen=True, slots=True)
class Basis:
    """`source`: who states it; None where nobody has, and then `value` and `note` are empty."""

    value: str = ""
    note: str = ""
    source: Source | None = None

    @property
    def label(self) -> str:
        return str(LegalBasis(self.value).label) if self.value else ""


NOT_STATED = Basis()


def find_basis(session: PhotoSession) -> Basis:
    """Return the basis of an event, which was read with its studio; no query where `privacy` of both was read along."""
    own = _build(getattr(session, "privacy", None), "event")
    return own or find_studio_basis(session.studio)


def find_studio_basis(studio: Studio) -> Basis:
    return _build(getattr(studio, "privacy", None), "studio") or NOT_STATED


def _build(row: StatedBasis | None, source: Source) -> Basis | None:
    return Basis(row.legal_basis, row.basis_note, source) if row and row.legal_basis else None
