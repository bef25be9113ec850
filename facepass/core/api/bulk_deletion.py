"""Many rows in one request: each has its own result, and one that is refused leaves the others alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypedDict, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from facepass.core.access.tenancy import Principal
from facepass.core.api.rows import missing_error
from facepass.core.errors import FacePassError
from facepass.core.trash import requested

M = TypeVar("M", bound=Model)
MOST_IDS = 1000
OUTCOMES = ["deleted", "started", "failed"]

Outcome = Literal["deleted", "started", "failed"]


class ItemResult(TypedDict):
    id: UUID
    state: Outcome
    task_id: UUID | None
    error: dict[str, object] | None


class ItemErrorSerializer(serializers.Serializer[object]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class ItemResultSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(OUTCOMES)
    task_id = serializers.UUIDField(allow_null=True, help_text="The task that deletes it, where that takes longer.")
    error = ItemErrorSerializer(allow_null=True)


class DeletedManySerializer(serializers.Serializer[object]):
    """What became of each, in the order of the request. Where none of them is there, the answer is 404 instead."""

    deleted = serializers.IntegerField()
    started = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = ItemResultSerializer(many=True)


def ids_field() -> serializers.ListField:
    """Return the field of a request that names many rows."""
    return serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_IDS)


def move_to_trash(kind: str, ids: Sequence[UUID], rows: Mapping[UUID, M], *, by: Principal) -> Response:
    """Move the rows to the trash, as one entry of each studio. `rows`: those that are there, by id.

    Raise 404 where none is, and PermissionDenied for who may not delete them.
    """
    deletion = requested.delete(kind, _require_any(f"{kind}_id", ids, rows), by=by)
    task_id = next(iter(deletion.tasks), None)
    state: Outcome = "started" if task_id else "deleted"
    return _answer([_result(pk, state, task_id=task_id) if pk in rows else _missing(pk) for pk in dict.fromkeys(ids)])


def delete_each(ids: Sequence[UUID], rows: Mapping[UUID, M], delete: Callable[[M], None], *, name: str) -> Response:
    """Delete one row after the other. Raise 404 where none is there."""
    _require_any(name, ids, rows)
    return _answer([_delete(pk, rows.get(pk), delete) for pk in dict.fromkeys(ids)])


def _require_any(name: str, ids: Sequence[UUID], rows: Mapping[UUID, M]) -> list[M]:
    if not rows:
        raise missing_error(name, ids)
    return list(rows.values())


def _delete(pk: UUID, row: M | None, delete: Callable[[M], None]) -> ItemResult:
    if row is None:
        return _missing(pk)
    try:
        delete(row)
    except FacePassError as refusal:
        if refusal.status >= 500:
            raise
        return _result(pk, "failed", refusal=refusal)
    return _result(pk, "deleted")


def _missing(pk: UUID) -> ItemResult:
    return _result(pk, "failed", refusal=FacePassError("not_found", _("Not found."), status=404))


def _result(
    pk: UUID, state: Outcome, *, task_id: UUID | None = None, refusal: FacePassError | None = None
) -> ItemResult:
    error: dict[str, object] | None = None
    if refusal:
        error = {"code": refusal.code, "message": refusal.message, "details": refusal.details}
    return {"id": pk, "state": state, "task_id": task_id, "error": error}


def _answer(results: list[ItemResult]) -> Response:
    counts = {state: sum(result["state"] == state for result in results) for state in OUTCOMES}
    return Response(DeletedManySerializer({**counts, "results": results}).data)
