"""The uploaded selfie. It stays in memory: no file of it is ever written, however large it is."""

from django.core.files import File
from django.http import HttpRequest
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.requests.in_memory_uploads import keep_in_memory, max_bytes

__all__ = ["keep_in_memory", "max_bytes", "of"]


def of(request: HttpRequest) -> File[bytes]:
    """Raises 400 `no_file` where the form came without a picture."""
    found = request.FILES.get("selfie")
    if not isinstance(found, File):
        raise FacePassError("no_file", _("No picture was chosen."))
    return found
