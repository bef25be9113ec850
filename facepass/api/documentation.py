"""/openapi.json with ids that exist: of the caller's own data, else of the demo's, so that `/docs` works at once."""

import copy
import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import studios_of
from facepass.core.api.document.completion import list_operations
from facepass.core.api.document.examples import EXAMPLE_ID, JSONValue, Schema
from facepass.core.api.document.things import find_id_name
from facepass.models import ApiKey, Studio, TrashEntry, User
from galleries.models import FaceCluster, FaceDecision, Gallery, GalleryImage, Job, Person, PhotoFace, Reference
from sessions_app.models import Guest, PhotoSession, WebhookDelivery, WebhookEndpoint
from training.models import FaceTrainingSession

Ids = dict[str, list[str]]
# Rows whose ids stand alone. Those of a face belong together, so they are found from it.
ALONE: dict[str, QuerySet[Any]] = {  # each of another model
    "session_id": PhotoSession.objects.filter(gone_at=None),
    "gallery_id": Gallery.objects.event_galleries(),
    "photo_id": GalleryImage.objects.event_photos(),
    "enrolment_id": GalleryImage.objects.exclude(subject=None),
    "person_id": Person.objects.all(),
    "decision_id": FaceDecision.objects.filter(undone_at=None),
    "reference_id": Reference.objects.all(),
    "task_id": Job.objects.all(),
    "key_id": ApiKey.objects.usable(),
    "entry_id": TrashEntry.objects.restorable(),
    "training_id": FaceTrainingSession.objects.all(),
    "webhook_id": WebhookEndpoint.objects.all(),
    "delivery_id": WebhookDelivery.objects.all(),
    "guest_id": Guest.objects.all(),
}
DATES = {"created_at", "made_at", "deleted_at"}
# Of these an operation on one names others.
OTHERS = ("group_id", "person_id")


class DocumentView(SpectacularJSONAPIView):
    def _get_schema_response(self, request: Request) -> Response:
        response: Response = super()._get_schema_response(request)  # type: ignore[no-untyped-call]
        response.data = fill_in_examples(copy.deepcopy(response.data), find_ids(_list_studios(request)))
        return response


def _list_studios(request: Request) -> list[UUID]:
    if isinstance(request.user, User | ApiKey):
        return list(studios_of(request.user).values_list("pk", flat=True))
    session_id = _demo_session()
    return list(Studio.objects.filter(sessions=UUID(session_id)).values_list("pk", flat=True)) if session_id else []


def _demo_session() -> str | None:
    """Return the id of the demo's photo session; None without a demo, or while its file is being written."""
    try:
        session_id: str | None = json.loads((settings.HOME / "demo.json").read_text()).get("session_id")
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return session_id


def find_ids(studios: list[UUID]) -> Ids:
    """Return up to two ids of each kind that the studios have, the newest first; those of one face come together."""
    if not studios:
        return {}
    found = {name: _list_newest(rows, studios) for name, rows in ALONE.items()}
    return {name: ids for name, ids in (found | _find_around_face(studios, found)).items() if ids}


def _list_newest(rows: QuerySet[Any], studios: list[UUID]) -> list[str]:
    owned = rows.filter(**{f"{getattr(rows, 'studio_path', 'studio')}__in": studios})
    dates = DATES & {field.name for field in rows.model._meta.get_fields()}
    newest = owned.order_by(*(f"-{date}" for date in dates), "pk").values_list("pk", flat=True)
    return [str(pk) for pk in newest[:2]]


def _find_around_face(studios: list[UUID], found: Ids) -> Ids:
    faces = PhotoFace.objects.filter(gallery__studio__in=studios, photo__subject=None).shown()
    face = faces.exclude(cluster=None).select_related("gallery").order_by("-cluster__size", "pk").first()
    if face is None:
        return {}
    groups = FaceCluster.objects.filter(faces__gallery=face.gallery_id).distinct().values_list("pk", flat=True)
    others = [str(pk) for pk in groups[:2] if pk != face.cluster_id]
    session = [str(face.gallery.session_id)] if face.gallery.session_id else found["session_id"]
    return {
        "face_id": [str(face.pk)],
        "photo_id": [str(face.photo_id)],
        "gallery_id": [str(face.gallery_id)],
        "session_id": session,
        "group_id": [str(face.cluster_id), *others[:1]],
    }


def fill_in_examples(document: Schema, ids: Ids) -> Schema:
    """Return the document with these ids in place of made-up ones, in paths and in the bodies of requests."""
    for path, _method, operation in list_operations(document):
        named = ""
        for parameter in operation.get("parameters", ()):
            if parameter.get("in") == "path":
                named = find_id_name(path, parameter["name"]) or ""
            if parameter.get("example") == EXAMPLE_ID:
                parameter["example"] = next(iter(ids.get(find_id_name(path, parameter["name"]) or "", ())), EXAMPLE_ID)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for holder in (content, *content.get("examples", {}).values()):
                for key in {"example", "value"} & holder.keys():
                    holder[key] = _fill_in(holder[key], ids, path=path, named=named)
    for schema in document["components"]["schemas"].values():
        for field in schema.get("required", ()) if _is_form(schema) else ():
            if field in ids:  # Swagger UI fills in the fields of forms by their own examples
                schema["properties"][field]["example"] = ids[field][0]
    return document


def _is_form(schema: Schema) -> bool:
    return "file" in schema.get("properties", {}) and "additionalProperties" in schema


def _fill_in(value: JSONValue, ids: Ids, *, path: str, named: str) -> JSONValue:
    if not isinstance(value, dict):
        return value
    return {field: _find_value(field, known, ids, path=path, named=named) for field, known in value.items()}


def _find_value(field: str, value: JSONValue, ids: Ids, *, path: str, named: str) -> JSONValue:
    name = "session_id" if path.endswith("/sessions/validate") else field.removesuffix("s")
    found = ids.get(name, [])
    chosen = found[-1:] if name == named and name in OTHERS else found[:1]
    if not chosen or not (field.endswith(("_id", "_ids")) or field == "ids"):
        return value
    return chosen if isinstance(value, list) else chosen[0]
