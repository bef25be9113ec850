"""The form of a studio. A logo is drawn anew: what guests are served is a picture, and nothing that came with it."""

from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.forms import ModelForm, TypedChoiceField
from django.utils.translation import gettext as _

from facepass.console.zone_field import build_zone_field
from facepass.core import virus_scan
from facepass.core.errors import FacePassError
from facepass.models import Studio
from recognition.pictures import decoding, formats

# A page shows it 40 pixels high, a card 50 mm wide.
SIDE = 800
MAX_BYTES, MAX_PIXELS = 5_000_000, 25_000_000
LOGO_FORMATS = (formats.PNG, formats.JPEG, formats.WEBP)


class StudioForm(ModelForm[Studio]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the time zones as a list, which who may only look is not shown."""
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"] = _build_zone_field(self.instance)

    def clean_logo(self) -> File[bytes] | bool | None:
        """Return a new logo as a PNG, reduced; or what was there, or False where it is taken away."""
        logo: File[bytes] | bool | None = self.cleaned_data["logo"]
        return _redraw(logo) if isinstance(logo, UploadedFile) else logo


def _build_zone_field(studio: Studio) -> TypedChoiceField:
    """Return the list of zones, with that of the installation first."""
    installation = _("the installation's (%(zone)s)") % {"zone": settings.TIME_ZONE}
    return build_zone_field(Studio._meta.get_field("time_zone"), present=studio.time_zone, empty=installation)


def _redraw(file: File[bytes]) -> ContentFile[bytes]:
    """Return the picture as a PNG of at most SIDE pixels. Raise ValidationError for what is none, or is too large."""
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(_("The logo is larger than 5 MB."))
    if _detect_format(file) not in LOGO_FORMATS:
        raise ValidationError(_("Choose a PNG, JPEG or WebP picture."))
    try:
        virus_scan.require_clean(cast(BinaryIO, file))
        drawn = decoding.redraw_as_png(cast(BinaryIO, file), longest_side=SIDE, max_pixels=MAX_PIXELS)
    except FacePassError as refusal:
        raise ValidationError(_reason(refusal)) from refusal
    return ContentFile(drawn, name="logo.png")


def _detect_format(file: File[bytes]) -> formats.Format | str | None:
    file.seek(0)
    head = file.read(formats.HEAD_BYTES)
    file.seek(0)
    return formats.detect_format(head)


def _reason(refusal: FacePassError) -> str:
    if refusal.code in ("not_an_image", "unsupported_type"):
        return _("Choose a PNG, JPEG or WebP picture.")
    return _("The logo has more than 25 megapixels.") if refusal.code == "image_too_large" else refusal.message
