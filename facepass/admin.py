"""Django looks for an app's admin classes here; those of the accounts are in `facepass.console.accounts`."""

from facepass.console import accounts  # noqa: F401 - registers itself
