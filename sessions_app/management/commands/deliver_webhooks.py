"""The courier as a process. `manage.py up` runs one; on many machines, any number may run."""

import signal
from threading import Event

from django.core.management.base import BaseCommand

from sessions_app.webhooks.courier import Courier


class Command(BaseCommand):
    help = "Delivers webhooks until it is asked to stop."
    requires_system_checks = []  # `up` has run them

    def handle(self, **_options: object) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Courier().run(stopping=stop.is_set)
