"""What this host says of itself to the others: that it is there, and which of its processes are not.

It is a row that the supervisor writes every few seconds and deletes when it stops. Health, metrics and the admin's
first page read the rows of all hosts.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models.functions import Now

import facepass

log = logging.getLogger(__name__)

EVERY_SECONDS = 15.0


def write_row(down: Mapping[str, str]) -> None:
    """Write the host's row. `down`: why each process ended that is to run and does not, by its name."""
    from facepass.models import Host  # noqa: PLC0415 - needs Django's registry

    about = {"version": facepass.__version__, "workers": settings.WORKERS, "seen_at": Now(), "down": dict(down)}
    with _short_connection():
        Host.objects.update_or_create(name=settings.HOST_NAME, defaults=about, create_defaults=about)


def delete_row() -> None:
    from facepass.models import Host  # noqa: PLC0415 - as above

    with _short_connection():
        Host.objects.filter(name=settings.HOST_NAME).delete()


@contextmanager
def _short_connection() -> Iterator[None]:
    """The supervisor keeps no connection that has failed."""
    try:
        yield
    finally:
        close_old_connections()


@dataclass
class HostReport:
    """Says every few seconds, and at every change, how the host is. A database that is away is told another time."""

    write: Callable[[Mapping[str, str]], None] = write_row
    delete: Callable[[], None] = delete_row
    clock: Callable[[], float] = time.monotonic
    next_time: float = 0.0
    told: Mapping[str, str] | None = None

    def tell(self, down: Mapping[str, str]) -> None:
        """To be called often."""
        if down == self.told and self.clock() < self.next_time:
            return
        self.next_time, self.told = self.clock() + EVERY_SECONDS, dict(down)
        self._try(lambda: self.write(down))

    def sign_off(self) -> None:
        """The host stops on purpose: nobody shall miss it."""
        self._try(self.delete)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except (DatabaseError, InterfaceError) as error:
            log.warning("this host could not say how it is: %s", str(error).strip().splitlines()[0])
