"""Uploads with a selfie or a probe stay in memory: no file of them is ever written."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from facepass.core.errors import FacePassError

# Larger than any phone's photo; what may be kept in memory for one request.
MAX_PICTURE_BYTES = 25_000_000
# What a form adds to its file: boundaries, headers, the CSRF token.
PICTURE_FORM_OVERHEAD = 10_000


class InMemoryUploadHandler(MemoryFileUploadHandler):
    """Keeps every file in memory. Django's own handler leaves large files to the one that writes to disk."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.activated = True


def max_picture_bytes() -> int:
    """Return how large such a picture may be, in bytes."""
    return int(min(MAX_PICTURE_BYTES, settings.MAX_UPLOAD_BYTES))


def keep_in_memory(request: HttpRequest) -> None:
    """Make the request's uploads stay in memory. Must be called before anything reads the form.

    Raise 413 `image_too_large` before a byte is parsed.
    """
    if int(request.headers.get("Content-Length") or 0) > max_picture_bytes() + PICTURE_FORM_OVERHEAD:
        message = _("The file is larger than %(limit)d MB.") % {"limit": max_picture_bytes() // 1_000_000}
        raise FacePassError("image_too_large", message, status=413)
    request.upload_handlers = [InMemoryUploadHandler(request)]


class InMemoryUploadMixin:
    """For an API view that takes a selfie or a probe."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        keep_in_memory(request._request)  # first, because a session's CSRF token is looked for in the form
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
