"""Base classes of the API's views: what was sent, and the rows of whoever asks, each with its type.

Documentation of the API takes a view's description from its docstring, or from that of its nearest base class; those of
these classes are left out (see `facepass.core.api.schema.bases_without_description`).
"""

from typing import Any, TypeVar, cast

from django.db.models import Model
from rest_framework import mixins, serializers, viewsets
from rest_framework.generics import GenericAPIView

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import Principal, TenantQuerySet
from facepass.core.trash import entries

M = TypeVar("M", bound=Model)
# What a serializer's fields made of a request. DRF gives fields no static types.
Validated = dict[str, Any]


def validate(serializer_class: type[serializers.Serializer[object]], data: object) -> Validated:
    """Return what the serializer makes of `data`. Raise 400 `invalid_request` with the fields that are wrong."""
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)
    return cast(Validated, serializer.validated_data)


class InputView(GenericAPIView[Any]):  # its serializer is of no model
    """A view that answers what its `serializer_class` reads from a request, and lists no rows."""

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    def read_input(self) -> Validated:
        """Return the request's body as `serializer_class` understands it. Raise 400 `invalid_request`."""
        return validate(cast(type[serializers.Serializer[object]], self.get_serializer_class()), self.request.data)


class TenantView(GenericAPIView[M]):
    """A view of rows of the studios that whoever asks may see; `queryset` names those of all studios."""

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)

    def get_queryset(self) -> TenantQuerySet[M]:
        """Return the visible rows; a stranger's is not among them, and so a 404."""
        return cast(TenantQuerySet[M], super().get_queryset()).visible_to(self.principal)


class TrashMixin(mixins.DestroyModelMixin, TenantView[M]):
    """DELETE moves the row to the trash, with all that belongs to it. `trash_kind`: the name of a kind of the trash."""

    trash_kind: str

    def perform_destroy(self, instance: Model) -> None:
        entries.move_to_trash(self.trash_kind, [instance], by=self.principal)


class TenantViewSet(TenantView[M], viewsets.GenericViewSet[M]):
    """A viewset of a studio's rows, addressed by their UUIDs. What it does with them, DRF's mixins add."""

    lookup_value_converter = "uuid"
