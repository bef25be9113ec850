"""The form of a studio. A logo is drawn anew: what guests are served is a picture, and nothing that came with it."""

import io

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
    def clean_logo(self) -> File[bytes] | bool | None:
        """Return a new logo as a PNG, reduced; or what was there, or False where it is taken away."""
        logo: File[bytes] | bool | None = self.cleaned_data["logo"]
        return _redraw(logo) if isinstance(logo, UploadedFile) else logo


def _redraw(file: File[bytes]) -> ContentFile[bytes]:
    """Return the picture as a PNG of at most SIDE pixels. Raise ValidationError for what is none, or is too large."""
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
