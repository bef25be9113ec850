"""The form of a studio. A logo is drawn anew: what guests are served is a picture, and nothing that came with it."""

import io
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.forms import ModelForm
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from facepass.models import Studio

# A page shows it 40 pixels high, a card 50 mm wide.
SIDE = 800
MAX_BYTES, MAX_PIXELS = 5_000_000, 25_000_000
FORMATS = ["PNG", "JPEG", "WEBP"]


class StudioForm(ModelForm[Studio]):
    def clean_logo(self) -> Any:
        """A new one as PNG, reduced; the one that is there, or False where it goes, as it is."""
        sent = self.cleaned_data["logo"]
        return _redrawn(sent) if isinstance(sent, UploadedFile) else sent


def _redrawn(file: File[bytes]) -> ContentFile[bytes]:
    """Raises ValidationError."""
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(_("The logo is larger than 5 MB."))
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValidationError(_("The logo has more than 25 megapixels."))
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, Image.DecompressionBombError) as error:
        raise ValidationError(_("Choose a PNG, JPEG or WebP picture.")) from error
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name="logo.png")
