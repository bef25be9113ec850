"""Pages of lists: by a cursor, which neither skips nor repeats rows while others are added."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError as NotValid
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.addresses import follow_public_url
from facepass.core.api.document.examples import Schema
from facepass.core.database.storable_values import storable_moment, text_problem

if TYPE_CHECKING:
    from rest_framework.views import APIView  # DRF's views import this module through the settings

M = TypeVar("M", bound=Model)
MOST_ROWS = 200
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
PAGE_LINK: Schema = {
    "type": ["string", "null"],
    "format": "uri",
    "example": "https://faces.example.com/api/v1/people?cursor=cD0yMDI2LTExLTIw",
}
# PostgreSQL knows no zone further from UTC.
FURTHEST_ZONE = timedelta(hours=15)


class StrictSizeMixin:
    """Refuses a page size that is none or too large: DRF would take another, and the caller not notice.

    Links follow PUBLIC_URL.
    """

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MOST_ROWS

    def get_page_size(self, request: Request) -> int | None:
        text = request.query_params.get(self.page_size_query_param)
        if text is not None and not (WHOLE_NUMBER.fullmatch(text) and 0 < int(text) <= MOST_ROWS):
            message = _("Enter a whole number from 1 to %(most)d.") % {"most": MOST_ROWS}
            raise ValidationError({self.page_size_query_param: [message]})
        size: int | None = super().get_page_size(request)  # type: ignore[misc]
        return size

    def get_next_link(self) -> str | None:
        link: str | None = super().get_next_link()  # type: ignore[misc]
        return link and follow_public_url(link)

    def get_previous_link(self) -> str | None:
        link: str | None = super().get_previous_link()  # type: ignore[misc]
        return link and follow_public_url(link)

    def get_schema_operation_parameters(self, view: "APIView") -> list[Schema]:
        parameters: list[Schema] = super().get_schema_operation_parameters(view)  # type: ignore[misc]
        for parameter in parameters:
            if parameter["schema"]["type"] == "integer":
                parameter["schema"] = {**parameter["schema"], "minimum": 1}
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"maximum": MOST_ROWS, "default": self.page_size}
        return parameters


class Cursors(StrictSizeMixin, CursorPagination):  # type: ignore[misc]
    """`{"count","next","previous","results"}`; `next` and `previous` carry a `cursor`, `page_size` is 200 at most.

    Rows that tie in the ordering come in the order of ids.

    A view that takes `ordering` must offer columns only that are never null.
    """

    ordering = "-created_at"
    offset_cutoff = 100_000

    def paginate_queryset(  # type: ignore[override]  # any other collection has no order to go by
        self, queryset: QuerySet[M], request: Request, view: "APIView | None" = None
    ) -> list[M] | None:
        self._check_cursor(queryset, request, view)
        self.count = queryset.count()
        return super().paginate_queryset(queryset, request, view)

    def _check_cursor(self, queryset: QuerySet[M], request: Request, view: "APIView | None") -> None:
        """Raise NotFound for a cursor that is not one of ours. An error in reading the rows is not the cursor's."""
        cursor = self.decode_cursor(request)
        if cursor is None or cursor.position is None:
            return
        first = self.get_ordering(request, queryset, view)[0].removeprefix("-")
        try:
            column = queryset.query.clone().resolve_ref(first).output_field
            position = column.to_python(cursor.position)
        except (NotValid, ValueError, OverflowError) as error:
            raise NotFound(_("This cursor is not valid.")) from error
        if text_problem(str(cursor.position)) or (isinstance(position, datetime) and not _is_comparable(position)):
            raise NotFound(_("This cursor is not valid."))

    def get_ordering(self, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        return (*super().get_ordering(*args, **kwargs), "pk")

    def get_paginated_response(self, data: object) -> Response:
        response = super().get_paginated_response(data)
        return Response({"count": self.count, **response.data})

    def get_paginated_response_schema(self, schema: Schema) -> Schema:
        page: Schema = super().get_paginated_response_schema(schema)
        links = dict.fromkeys(("next", "previous"), PAGE_LINK)
        page["properties"] = {"count": {"type": "integer", "example": 123}, **page["properties"], **links}
        page["required"] = ["count", "results"]
        return page


class _Pages(StrictSizeMixin, PageNumberPagination):  # type: ignore[misc]
    """Pages by their numbers."""


class CursorsOrPages(Cursors):
    """For lists that had numbered pages at first: `page` still asks for one."""

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[M], request: Request, view: "APIView | None" = None
    ) -> list[M] | None:
        self.numbered = _Pages() if _Pages.page_query_param in request.query_params else None
        if self.numbered is None:
            return super().paginate_queryset(queryset, request, view)
        ordered = queryset.order_by(*self.get_ordering(request, queryset, view))
        page: list[M] | None = self.numbered.paginate_queryset(ordered, request, view)
        return page

    def get_paginated_response(self, data: object) -> Response:
        return self.numbered.get_paginated_response(data) if self.numbered else super().get_paginated_response(data)

    def get_schema_operation_parameters(self, view: "APIView") -> list[Schema]:
        page = {
            "name": _Pages.page_query_param,
            "in": "query",
            "description": "The number of a page; instead of `cursor`.",
            "deprecated": True,
            "schema": {"type": "integer", "minimum": 1},
        }
        return [*super().get_schema_operation_parameters(view), page]


def _is_comparable(position: datetime) -> bool:
    """Return whether the database can compare the moment with those of rows."""
    offset = position.utcoffset()
    return offset is not None and abs(offset) <= FURTHEST_ZONE and storable_moment(position) is not None
