"""What an event's galleries have of it: which one new photos go to, by their folder, and the cameras' time zone."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from facepass.core.database import time_zones
from galleries.models import Gallery, Occasion
from sessions_app.models import PhotoSession

TITLE_CHARACTERS = 200


def choose_folder(folder: str) -> str:
    """Return which of the nested folders names the gallery; empty for none.

    What lies in a sub-folder, however deep, goes to that; the rest to the folder itself. A page's script
    (`gallery/upload_destination.js`) asks for galleries by the same rule.
    """
    names = [name for name in folder.split("/") if name]
    return names[1] if len(names) > 1 else "".join(names)


def find_own_zone(session_id: UUID) -> ZoneInfo | None:
    """Return the event's own time zone, in which its cameras are set; None where it has its studio's."""
    name = PhotoSession.objects.filter(pk=session_id).values_list("time_zone", flat=True).first()
    return time_zones.find_zone(name) if name else None


@transaction.atomic
def get_or_create_gallery(session: PhotoSession, *, folder: str) -> tuple[Gallery, bool]:
    """Return the event's gallery of that title, and whether it is new.

    Without a folder: the event's oldest gallery, else one of the event's own name. Several files ask at once, so the
    session is locked.
    """
    PhotoSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    galleries = Occasion(session.studio_id, session_id=session.pk).galleries.order_by("created_at", "pk")
    title = " ".join(folder.split())[:TITLE_CHARACTERS]
    found = (galleries.filter(title=title) if title else galleries).first()
    if found:
        return found, False
    return Gallery.objects.create(
        studio_id=session.studio_id, session_id=session.pk, title=title or session.name
    ), True  # fmt: skip
