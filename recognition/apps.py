"""The recognition app: pixels, vectors and model files. It knows no people."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image


class RecognitionConfig(AppConfig):
    name = "recognition"
    verbose_name = _("Recognition")

    def ready(self) -> None:
        # Pillow's own guard behind ours (see pictures.py), for code that opens a picture some other way.
        Image.MAX_IMAGE_PIXELS = settings.MAX_PIXELS
