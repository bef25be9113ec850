"""System checks: faces that no search finds, because another model or another key made their descriptors."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, transaction
from django.db.models import Count, Exists, OuterRef, Q

from facepass.core.errors import FacePassError
from galleries.models import PhotoDescription, PhotoFace
from recognition import protected_templates
from recognition.engines import registry
from recognition.engines.engine_info import EngineInfo
from recognition.models import ModelVersion

DESCRIBE_ANEW = "run: manage.py generate_descriptors"


@checks.register(checks.Tags.database)
def comparable_descriptors(*, databases: Sequence[str] | None = None, **_: Any) -> Iterator[checks.CheckMessage]:
    if not databases:
        return
    try:
        with transaction.atomic():  # a table that is not there yet must not break the caller's transaction
            yield from list(_messages())
    except (DatabaseError, FacePassError):
        return  # before the first migration, or without an engine: other checks speak of that


def _messages() -> Iterator[checks.CheckMessage]:
    info = registry.engine_in_use()
    key = {"contract_id": info.contract_id, "template_key_id": protected_templates.template_key_id()}
    for version, count in _faces_by_version(ModelVersion.objects.filter(**key).first()):
        yield _warning(version, count)
    wanted = registry.configured_pack()
    if PhotoFace.objects.exists() and wanted != info.model:
        yield _not_in_use(info, wanted)


def _faces_by_version(current: ModelVersion | None) -> list[tuple[ModelVersion, int]]:
    """Return how many faces other versions described, without those in photos where the one in use saw none of them."""
    seen = PhotoDescription.objects.valid_for(current).filter(photo=OuterRef("photo"))
    faces = PhotoFace.objects.exclude(Exists(seen) | Q(insightface_descriptor=None)).order_by()
    others = faces.not_described_by(current) if current else faces
    rows = others.values_list("model_version").annotate(n=Count("pk"))
    versions = ModelVersion.objects.in_bulk()
    return [(versions[pk], count) for pk, count in rows]


def _warning(version: ModelVersion, count: int) -> checks.Warning:
    if version.template_key_id != protected_templates.template_key_id():
        message = f"{count} faces cannot be searched: their descriptors were made with another TEMPLATE_KEY."
        return checks.Warning(message, hint=f"Put the former key back, or {DESCRIBE_ANEW}", id="facepass.W001")
    message = f"{count} faces cannot be searched: {version} described them, and another model is in use."
    hint = f"Set FACE_PACK as before, or {DESCRIBE_ANEW}"
    return checks.Warning(message, hint=hint, id="facepass.W002")


def _not_in_use(info: EngineInfo, wanted: str) -> checks.Warning:
    message = f"{wanted} is installed; {info.model} still describes the faces."
    return checks.Warning(message, hint=f"To change over, {DESCRIBE_ANEW}", id="facepass.W003")
