"""Writes the documents of the API that are made from the code: docs/openapi.json and docs/errors.md."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import translation

from facepass.core.error_codes import build_markdown


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        docs = settings.BASE_DIR / "docs"
        with translation.override("en"):
            call_command("spectacular", format="openapi-json", file=str(docs / "openapi.json"), fail_on_warn=True)
        (docs / "errors.md").write_text(build_markdown())
