"""Photos that are dropped on an event's page: which gallery they go to, which is made by the way."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse

from facepass.console.base import EDITORS
from galleries.staff_kit.json_views import answer_json, invalid_request, log_addition, parse_body, require_role
from galleries.staff_kit.upload_paths import build_upload_paths
from sessions_app.session_galleries import get_or_create_gallery
from sessions_app.staff.event_page import find_event


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
