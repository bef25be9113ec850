"""The recognition app: pictures, descriptors and model files. It knows no people."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image


class RecognitionAppConfig(AppConfig):
    name = "recognition"
    verbose_name = _("Recognition")

    def ready(self) -> None:
        # Pillow's own guard beside ours in pictures/decoding.py, for code that opens a picture some other way.
        Image.MAX_IMAGE_PIXELS = settings.MAX_PIXELS
