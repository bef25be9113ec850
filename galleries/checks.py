"""System checks: faces that no search can find, because another model or another key made their descriptors."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, transaction
from django.db.models import Count

from facepass.errors import FacePassError
from galleries.models import PhotoFace
from recognition import registry, templates
from recognition.models import ModelVersion

AGAIN = "or select the photos in the admin and analyse them again."


@checks.register(checks.Tags.database)
def comparable_descriptors(*, databases: Sequence[str] | None = None, **_: Any) -> Iterator[checks.CheckMessage]:
    if not databases:
        return
    try:
        with transaction.atomic():  # a table that is not there yet must not break the caller's transaction
            contract = registry.engine_in_use().contract_id
            counts = {version: count for version, count in _faces_by_version() if not _is_current(version, contract)}
    except (DatabaseError, FacePassError):
        return  # before the first migration, or without an engine: other checks speak of that
    for version, count in counts.items():
        yield _warning(version, count)


def _faces_by_version() -> list[tuple[ModelVersion, int]]:
    rows = PhotoFace.objects.order_by().values_list("model_version").annotate(n=Count("pk"))
    versions = ModelVersion.objects.in_bulk()
    return [(versions[pk], count) for pk, count in rows]


def _is_current(version: ModelVersion, contract_id: str) -> bool:
    return (version.contract_id, version.template_key_id) == (contract_id, templates.template_key_id())


def _warning(version: ModelVersion, count: int) -> checks.Warning:
    if version.template_key_id != templates.template_key_id():
        message = f"{count} faces cannot be searched: their descriptors were made with another TEMPLATE_KEY."
        return checks.Warning(message, hint=f"Put the former key back, {AGAIN}", id="facepass.W001")
    message = f"{count} faces cannot be searched: {version} described them, and another engine is in use."
    return checks.Warning(message, hint=f"Set FACE_ENGINE and INSIGHTFACE_PACK as before, {AGAIN}", id="facepass.W002")
