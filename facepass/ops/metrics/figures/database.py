"""The database's size and connections, and the back-ups of it."""

from collections.abc import Iterator

from django.db import connection

from facepass.core.work import heartbeats
from facepass.ops import backup
from facepass.ops.metrics.families import Sample

SIZES = """
    SELECT pg_database_size(current_database()),
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        current_setting('max_connections')::int
"""


def list_database() -> Iterator[Sample]:
    """Yield size and connections of the database server, and the age of the last good back-up."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        size, connections, allowed = cursor.fetchone()
    yield Sample("facepass_database_bytes", size)
    yield Sample("facepass_database_connections", connections)
    yield Sample("facepass_database_connections_allowed", allowed)
    age = heartbeats.seconds_since_beat(backup.VERIFIED)
    if age is not None:
        yield Sample("facepass_backup_age_seconds", age)
