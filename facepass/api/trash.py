"""/api/v1/trash/…: what was deleted, the way back, and deleting it for good with a receipt."""

from uuid import UUID

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.filters import SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.api.filters import FilterBackend, OrderingFilter
from facepass.core.api.pagination import Cursors
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.tasks import StartedSerializer, answer_task
from facepass.core.api.views import RowMixin, StrictMixin
from facepass.core.errors import FacePassError
from facepass.core.trash import deleters, purge, requested
from facepass.core.trash.registry import KINDS
from facepass.models import Erasure, Scope, TrashEntry
from facepass.models.trash import DeletedRows, TrashEntryQuerySet
from galleries.api.filters import Moment

CHOICES = [(kind.name, kind.title) for kind in KINDS.values()]
COUNTS_HELP = "How much went with it: of a gallery `photos` and `faces`; of a person `pictures`, `faces`, `unnamed`."
MEMBER_HELP = "The name of the member of staff; null for an app."
APP_HELP = "The name of the app's key; null for a member of staff."
DELETED = {
    "id": "0b5b7d5e-2f0a-4f0e-9f43-6a1c1f0d7c11",
    "kind": "gallery",
    "counts": {"photos": 120, "faces": 311},
    "deleted_by": "anna",
    "deleted_by_app": None,
    "deleted_at": "2026-11-20T18:00:00Z",
}
ENTRY = OpenApiExample(
    "a gallery",
    {**DELETED, "title": "Wedding of Maria and Ivan", "kept_until": "2026-11-27T18:00:00Z", "is_being_erased": False},
    response_only=True,
    status_codes=["200"],
)
RECEIPT = OpenApiExample(
    "a gallery",
    {**DELETED, "erased_by": None, "erased_by_app": "My app", "erased_at": "2026-11-21T09:00:00Z"},
    response_only=True,
    status_codes=["200"],
)


class _DeletedSerializer(StrictModelSerializer[DeletedRows]):
    kind = serializers.CharField(read_only=True, help_text=f"One of {', '.join(f'`{name}`' for name in KINDS)}.")
    counts = serializers.SerializerMethodField(help_text=COUNTS_HELP)
    deleted_by = serializers.SerializerMethodField(help_text=MEMBER_HELP)
    deleted_by_app = serializers.SerializerMethodField(help_text=APP_HELP)

    def get_counts(self, row: DeletedRows) -> dict[str, int]:
        return count_by_name(row)

    def get_deleted_by(self, row: DeletedRows) -> str | None:
        return row.deleted_by.get_username() if row.deleted_by else None

    def get_deleted_by_app(self, row: DeletedRows) -> str | None:
        return row.deleted_with or None


class TrashEntrySerializer(_DeletedSerializer):
    """One deletion, with all that went with it; restored and erased as a whole."""

    title = serializers.CharField(source="label", read_only=True)
    kept_until = serializers.DateTimeField(source="due_at", read_only=True)
    is_being_erased = serializers.SerializerMethodField(help_text="Then it cannot be restored any more.")

    class Meta:
        model = TrashEntry
        fields = [
            "id", "kind", "title", "counts", "deleted_by", "deleted_by_app", "deleted_at", "kept_until",
            "is_being_erased",
        ]  # fmt: skip
        read_only_fields = fields

    def get_is_being_erased(self, entry: TrashEntry) -> bool:
        return entry.purging_since is not None


class ReceiptSerializer(_DeletedSerializer):
    """The receipt of what was deleted for good, which names nobody who was in it."""

    erased_by = serializers.SerializerMethodField(help_text=MEMBER_HELP)
    erased_by_app = serializers.SerializerMethodField(help_text=APP_HELP)

    class Meta:
        model = Erasure
        fields = [
            "id", "kind", "counts", "deleted_by", "deleted_by_app", "deleted_at", "erased_by", "erased_by_app",
            "erased_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_erased_by(self, receipt: Erasure) -> str | None:
        return receipt.erased_by.get_username() if receipt.erased_by else None

    def get_erased_by_app(self, receipt: Erasure) -> str | None:
        return receipt.erased_with or None


class TrashFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=CHOICES)
    deleted_after = Moment("deleted_at", lookup_expr="gte")
    deleted_before = Moment("deleted_at", lookup_expr="lt")


class TrashViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    StrictMixin,
    RowMixin[TrashEntry],
    viewsets.GenericViewSet[TrashEntry],
):
    """What was deleted and can be restored: each sees what they may delete themselves."""

    serializer_class = TrashEntrySerializer
    queryset = TrashEntry.objects.none()
    lookup_value_converter = "uuid"
    # Who deletes nothing sees no trash, as in the console.
    scope = Scope.WRITE
    pagination_class = Cursors
    filter_backends = [FilterBackend, SearchFilter, OrderingFilter]
    filterset_class = TrashFilter
    search_fields = ["label"]
    ordering_fields = ["deleted_at", "due_at"]
    ordering = ["-deleted_at"]

    def get_queryset(self) -> TrashEntryQuerySet:
        visible = TrashEntry.objects.filter(deleters.deletable_by(principal_of(self.request)))
        return visible.select_related("studio", "deleted_by")

    @extend_schema(examples=[ENTRY])
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=None, responses={200: TrashEntrySerializer, 202: StartedSerializer}, examples=[ENTRY])
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Brings everything back as it was, with the same ids; 202 with a task where it has more than 1,000 photos.

        409 `restore_conflict` where something that was made since stands in the way.
        """
        entry = self.get_object()
        answer = self.get_serializer(entry).data
        task_id = requested.restore(entry, by=principal_of(request))
        return answer_task(task_id) if task_id else Response(answer)

    @extend_schema(responses={200: ReceiptSerializer, 202: StartedSerializer}, examples=[RECEIPT])
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Deletes it for good, and answers with the receipt; 202 with a task where it has many files."""
        erased = purge.purge_soon(self.get_object().pk, by=principal_of(request))
        if erased is None:
            raise FacePassError("not_found", _("This is no longer in the trash."), status=404)
        return answer_task(erased) if isinstance(erased, UUID) else Response(ReceiptSerializer(erased).data)


def count_by_name(row: DeletedRows) -> dict[str, int]:
    """Return how much was deleted, by the names that the kind's event has for it."""
    return {name: row.counts.get(label, 0) for name, label in KINDS[row.kind].event_counts.items()}
