#!/usr/bin/env python
"""FacePass from the command line: `python manage.py help`."""

import gc
import os
import sys
from contextlib import AbstractContextManager, nullcontext

from django.core.management.base import BaseCommand

from facepass.ops.embedded import EmbeddedPostgresError
from facepass.ops.embedded.command_database import database_for_command, needs_database


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
    from django.core.management import ManagementUtility  # noqa: PLC0415 - after the settings are named

    class Utility(ManagementUtility):
        def fetch_command(self, subcommand: str) -> BaseCommand:
            """Return the command, for which everything has been imported now: none of that is ever garbage."""
            command = super().fetch_command(subcommand)
            gc.freeze()
            gc.enable()
            return command

    with _database(arguments[1:]):
        from facepass.core.errors import FacePassError  # noqa: PLC0415 - reads the settings

        try:
            Utility(arguments).execute()
        except FacePassError as error:
            raise SystemExit(error.message) from None


def _database(arguments: list[str]) -> AbstractContextManager[None]:
    """The embedded server, for commands that need it. A child of `up` has a role, and the server of `up`."""
    if "FACEPASS_ROLE" in os.environ or not needs_database(arguments):
        return nullcontext()
    from facepass.settings import ENV  # noqa: PLC0415 - reads the environment

    return nullcontext() if ENV.database_url else database_for_command(ENV.facepass_home, name=arguments[0])


if __name__ == "__main__":
    gc.disable()  # to look for garbage among what is imported takes a quarter of a command's start
    try:
        main(sys.argv)
    except EmbeddedPostgresError as error:
        raise SystemExit(f"FacePass: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
