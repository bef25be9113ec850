"""The FTP server for cameras as a process. `manage.py up` runs one where FTP_PORT is set."""

import signal
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from OpenSSL import SSL

from sessions_app.ftp.server import build_server


class Command(BaseCommand):
    help = "Takes photos from cameras by FTP until it is asked to stop."
    requires_system_checks = []  # `up` has run them

    def handle(self, **_options: object) -> None:
        if settings.FTP_PORT is None:
            raise CommandError("FTP_PORT is not set: there is no FTP server (docs/cameras.md).")
        try:
            server = build_server()
        except (OSError, SSL.Error) as error:
            raise CommandError(f"The FTP server cannot start: {error or 'the certificate cannot be used'}") from error
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        self.stdout.write(f"The FTP server for cameras listens on {settings.FTP_HOST}, port {settings.FTP_PORT}.")
        server.serve_forever()
