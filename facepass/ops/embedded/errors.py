"""The one error of this package; its text is one line for the user."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot start, or stay up, and the user can do something about it."""
