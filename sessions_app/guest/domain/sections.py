"""Sections of an event, such as ceremony and party: galleries to which the studio gave a name for guests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from facepass.core.access.tenancy import UUID_TEXT
from galleries.models import Gallery
from sessions_app.models import PhotoSession


@dataclass(frozen=True, slots=True)
class Section:
    """A section by the name that guests read. `shown_from`: the moment before which they do not see its photos."""

    pk: UUID
    title: str
    shown_from: datetime | None

    @property
    def is_shown(self) -> bool:
        return self.shown_from is None or self.shown_from <= timezone.now()


@dataclass(frozen=True, slots=True)
class Sections:
    """What a page offers: the sections that have begun, those that follow, and the one that was chosen."""

    shown: Sequence[Section]
    upcoming: Sequence[Section]
    chosen: UUID | None


def load_sections(session: PhotoSession, *, chosen: str = "") -> Sections:
    """Return the session's sections in the order in which they were made; one query.

    `chosen`: an id as the page's address has it. What is no section that has begun counts as none.
    """
    galleries = Gallery.objects.in_session(session.pk).filter(studio_id=session.studio_id).exclude(guest_title="")
    rows = galleries.order_by("created_at", "pk").values_list("pk", "guest_title", "shown_from")
    sections = [Section(*row) for row in rows]
    shown = [section for section in sections if section.is_shown]
    upcoming = [section for section in sections if not section.is_shown]
    return Sections(shown, upcoming, next((one.pk for one in shown if str(one.pk) == chosen), None))


def parse_section(text: str) -> UUID | None:
    """Return the id of a section that a form names; None for what is no id."""
    return UUID(text) if UUID_TEXT.fullmatch(text) else None
