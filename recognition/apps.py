"""The recognition app: pictures, descriptors and model files. It knows no people."""

from django.apps import AppConfig
from django.apps import apps as present_apps
from django.apps.registry import Apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from PIL import Image


class RecognitionAppConfig(AppConfig):
    name = "recognition"
    verbose_name = _("Recognition")

    def ready(self) -> None:
        # Pillow's own guard beside ours in pictures/decoding.py, for code that opens a picture some other way.
        Image.MAX_IMAGE_PIXELS = settings.MAX_PIXELS
        post_migrate.connect(_store_default_settings, sender=self)


def _store_default_settings(using: str, apps: Apps = present_apps, **_kwargs: object) -> None:
    """Have the row of the settings from the first migration on, also after `flush`: other programs read the table."""
    from recognition.config import KEY, RecognitionSettings  # noqa: PLC0415 - its models are there only now

    try:
        rows = apps.get_model("recognition", "RecognitionConfig").objects.using(using)
    except LookupError:  # migrated back to before the table
        return
    rows.get_or_create(key=KEY, defaults={"value": RecognitionSettings().model_dump()})
