"""Base classes of the API's views: what was sent, and the rows of whoever asks, each with its type.

Documentation of the API takes a view's description from its docstring, or from that of its nearest base class; those of
these classes are left out (see `facepass.core.api.schema.bases_without_description`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import Principal, TenantQuerySet
from facepass.core.api import contract
from facepass.core.api.addresses import absolute_address
from facepass.core.api.rows import get_row
from facepass.core.api.tasks import RETRY_SECONDS, StartedSerializer, answer_task, task_path
from facepass.core.trash import requested
from facepass.models import TrashEntry

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)
# What a serializer's fields made of a request. DRF gives fields no static types.
Validated = dict[str, Any]


def validate(
    serializer_class: type[serializers.Serializer[object]], data: object, *, context: Mapping[str, object] | None = None
) -> Validated:
    """Return what the serializer makes of `data`. Raise 400 `invalid_request` with the fields that are wrong."""
    serializer = serializer_class(data=data, context=dict(context or {}))
    serializer.is_valid(raise_exception=True)
    return cast(Validated, serializer.validated_data)


class StrictMixin(APIView):
    """Refuses parameters and fields that the operation does not take. In every view of the API."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        contract.require_known_names(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if path := self.find_location(answer):
            answer.headers.setdefault("Location", absolute_address(request, path))
        if answer.status_code == status.HTTP_202_ACCEPTED:
            answer.headers.setdefault("Retry-After", str(RETRY_SECONDS))
        return answer

    def find_location(self, answer: Response) -> str | None:
        """Return the path of what was made (201), or of the task that was begun (202); None for any other answer."""
        data = getattr(answer, "data", None)  # a file has none
        made = data if isinstance(data, Mapping) else {}
        if answer.status_code == status.HTTP_202_ACCEPTED and "task_id" in made:
            return task_path(made["task_id"])
        if answer.status_code == status.HTTP_201_CREATED and "id" in made:
            return self.build_path(made["id"])
        return None

    def build_path(self, pk: object) -> str | None:
        """Return the path of a row that the view has made."""
        reverse = getattr(self, "reverse_action", None)
        return str(reverse("detail", args=[pk])) if reverse else None

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)


class PlainView(StrictMixin):
    """A view that answers without a serializer of its own."""


class ListView(StrictMixin, ListAPIView[M]):
    """A list of rows that are not a studio's own, so that the view says itself who sees which."""


class InputView(StrictMixin, GenericAPIView[Any]):  # its serializer is of no model
    """A view that answers what its `serializer_class` reads from a request, and lists no rows."""

    def read_input(self) -> Validated:
        """Return the request's body as `serializer_class` understands it. Raise 400 `invalid_request`."""
        return validate(cast(type[serializers.Serializer[object]], self.get_serializer_class()), self.request.data)


class RowMixin(GenericAPIView[M]):
    """Finds the row that the path names. `id_name`: what the API calls its id, where its model has another name."""

    id_name: str | None = None

    def get_object(self) -> M:
        """Return the row, whatever a list in its answer is filtered by."""
        found: M = get_row(self.get_queryset(), self.kwargs["pk"], name=self.id_name)
        self.check_object_permissions(self.request, found)
        return found


class TenantView(StrictMixin, RowMixin[M]):
    """A view of rows of the studios that whoever asks may see; `queryset` names those of all studios."""

    def get_queryset(self) -> TenantQuerySet[M]:
        """Return the visible rows; a stranger's is not among them, and so a 404."""
        return cast(TenantQuerySet[M], super().get_queryset()).visible_to(self.principal)

    def answer_nested(self, rows: QuerySet[N], describe: Callable[[list[N]], object]) -> Response:
        """Return a page of rows that belong to the view's row, narrowed by the action's filters."""
        filtered: Any = self.filter_queryset(cast(Any, rows))  # typed for rows of the view's own kind
        page: Any = self.paginate_queryset(filtered)
        return self.get_paginated_response(cast(Any, describe(page)))


class TrashMixin(TenantView[M]):
    """DELETE moves the row to the trash, with all that belongs to it. `trash_kind`: the name of a kind of the trash."""

    trash_kind: str

    @extend_schema(responses={204: None, 202: StartedSerializer})
    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos."""
        deletion = requested.delete(self.trash_kind, [self.get_object()], by=self.principal)
        return answer_task(deletion.tasks[0]) if deletion.tasks else self.answer_deleted(deletion.entries)

    def answer_deleted(self, entries: Sequence[TrashEntry]) -> Response:
        """Return the answer where it is in the trash already. No entry: somebody else was quicker."""
        return Response(status=status.HTTP_204_NO_CONTENT)


class TenantViewSet(TenantView[M], viewsets.GenericViewSet[M]):
    """A viewset of a studio's rows, addressed by their UUIDs. What it does with them, DRF's mixins add."""

    lookup_value_converter = "uuid"
