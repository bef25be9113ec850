"""Which models live in Pixora, and that nothing is ever written there."""

from django.db.models import Model

from sessions_app.models.pixora import PixoraSession

ALIAS = "pixora"


class ReadOnly(Exception):
    """A write to Pixora was tried. The database would refuse it too."""


class PixoraRouter:
    def db_for_read(self, model: type[Model], **_hints: object) -> str | None:
        return ALIAS if model is PixoraSession else None

    def db_for_write(self, model: type[Model], **_hints: object) -> str | None:
        if model is PixoraSession:
            raise ReadOnly("FacePass only reads Pixora's database")
        return None

    def allow_relation(self, one: Model, other: Model, **_hints: object) -> bool | None:
        return False if PixoraSession in (type(one), type(other)) else None

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool | None:
        return False if db == ALIAS else None
