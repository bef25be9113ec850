"""The backend: `ENGINE = "facepass.core.database.postgresql"`."""

from typing import Any

from django.db.backends.postgresql import base

from facepass.core.database import answer_watch, open_connections


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, which refuses at once while the server is known to be silent, and lets its connections be cut."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        answer_watch.refuse_while_silent()
        return super().get_new_connection(conn_params)

    def _configure_connection(self, connection: Any) -> bool:
        """Note the connection before its first use. The pool calls this too, for each that it opens.

        The stubs do not know the method.
        """
        open_connections.add(connection)
        return bool(super()._configure_connection(connection))  # type: ignore[misc]
