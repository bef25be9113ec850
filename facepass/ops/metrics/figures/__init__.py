"""How each figure of the installation is counted: one query for each, by subject."""

from collections.abc import Iterator

from facepass.ops.metrics.families import Sample
from facepass.ops.metrics.figures import database, hosts, photos, studios, webhooks


def list_figures() -> Iterator[Sample]:
    """Yield all of them, counted now."""
    yield from photos.list_photos()
    yield from photos.list_work()
    yield from hosts.list_hosts()
    yield from webhooks.list_deliveries()
    yield from webhooks.list_pixora()
    yield from database.list_database()
    yield from studios.list_studios()
