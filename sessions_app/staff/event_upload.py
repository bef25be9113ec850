"""Photos that are dropped on an event's page: which gallery they go to, which is made by the way."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, JsonResponse

from facepass.console.base import EDITORS
from galleries.models import Gallery
from galleries.staff_kit.json_views import answer_json, invalid_request, log_addition, parse_body, require_role
from galleries.staff_kit.upload_paths import build_upload_paths
from sessions_app.models import PhotoSession
from sessions_app.staff.event_figures import occasion_of
from sessions_app.staff.event_page import find_event

TITLE_CHARACTERS = 200


def find_destination(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer where the photos of a `folder` go: `{"title": …, "paths": {…}}`. No folder is that of the whole event."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, EDITORS)
    folder = parse_body(request).get("folder")
    if not isinstance(folder, str):
        raise invalid_request()
    gallery, is_new = get_or_create_gallery(session, folder=folder)
    if is_new:
        log_addition(request, gallery, "made for an upload")
    return answer_json(title=gallery.title, paths=build_upload_paths(gallery.pk))


@transaction.atomic
def get_or_create_gallery(session: PhotoSession, *, folder: str) -> tuple[Gallery, bool]:
    """Return the event's gallery of that title, and whether it is new.

    Without a folder: the event's oldest gallery, else one of the event's own name. Several files ask at once, so the
    session is locked.
    """
    PhotoSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    galleries = occasion_of(session).galleries.order_by("created_at", "pk")
    title = " ".join(folder.split())[:TITLE_CHARACTERS]
    found = (galleries.filter(title=title) if title else galleries).first()
    if found:
        return found, False
    return Gallery.objects.create(
        studio_id=session.studio_id, session_id=session.pk, title=title or session.name
    ), True  # fmt: skip
