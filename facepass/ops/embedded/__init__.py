"""The embedded PostgreSQL: real server binaries from a wheel, run as a child process for one FACEPASS_HOME.

Settings are read before Django is there, so nothing in this package imports Django.
"""

from facepass.ops.embedded.errors import EmbeddedPostgresError
from facepass.ops.embedded.paths import database_settings
from facepass.ops.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "database_settings"]
