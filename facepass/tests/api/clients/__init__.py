"""Tests of clients/, which are packages of their own: they and their generator are put on the path."""

import sys

from django.conf import settings

for folder in ("clients", "clients/python"):
    sys.path.insert(0, str(settings.BASE_DIR / folder))
