"""Django looks for an app's admin classes here; those of this app are in `facepass.console`."""

from facepass.console import accounts, audit, trash  # noqa: F401 - register themselves
