"""JSON out; files, where a view answers with one."""

import logging
from collections.abc import Iterable
from typing import Any

from rest_framework import negotiation, renderers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from facepass.core.api.moments import JSONEncoder
from facepass.core.database.storable_values import replace_non_finite

log = logging.getLogger(__name__)


class JSONRenderer(renderers.JSONRenderer):
    """DRF's, which fails at NaN and infinity. One row with such a number ends no list: it is null."""

    encoder_class = JSONEncoder

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().render(data, *args, **kwargs)
        except ValueError:
            log.exception("an answer holds what is no JSON")
            return super().render(replace_non_finite(data), *args, **kwargs)


class AnyAccepted(negotiation.BaseContentNegotiation):
    """Of views that answer with a file, whatever the client says that it accepts; refusals are JSON as everywhere."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[renderers.BaseRenderer], format_suffix: str | None = None
    ) -> tuple[renderers.BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type
