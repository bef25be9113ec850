"""JSON out."""

import logging
from typing import Any

from rest_framework import renderers

from facepass.core.database.storable_values import replace_non_finite

log = logging.getLogger(__name__)


class JSONRenderer(renderers.JSONRenderer):
    """DRF's, which fails at NaN and infinity. One row with such a number ends no list: it is null."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().render(data, *args, **kwargs)
        except ValueError:
            log.exception("an answer holds what is no JSON")
            return super().render(replace_non_finite(data), *args, **kwargs)
