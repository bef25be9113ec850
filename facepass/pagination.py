"""How lists are cut: by number, or by a cursor, which neither skips nor repeats rows while others are added."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response


class Pages(PageNumberPagination):
    """`{"count","next","previous","results"}`, `page` and `page_size` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class Cursors(CursorPagination):
    """The same shape; `next` and `previous` carry a `cursor`. Rows that tie in the ordering come in the order of ids.

    A view that takes `ordering` must offer columns only that are never null.
    """

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-created_at"
    offset_cutoff = 100_000

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.count = queryset.count()
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError) as error:  # a cursor that somebody made up
            raise NotFound(_("This cursor is not valid.")) from error

    def get_ordering(self, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        return (*super().get_ordering(*args, **kwargs), "pk")

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        return Response({"count": self.count, **response.data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        found = super().get_paginated_response_schema(schema)
        found["properties"] = {"count": {"type": "integer", "example": 123}, **found["properties"]}
        found["required"] = ["count", "results"]
        return found
