"""Fields whose columns are sealed. An instance has the plain value; only the database has the sealed one.

    class Letter(models.Model):
        text = SealedTextField()
        address = SealedTextField(bound_to=("box_id", "number"))

A value is sealed when its row is saved or bulk-created, and read when it is asked for. It is bound to the row's primary
key, or to the attributes `bound_to`, which must be known before the row is saved and never change. Nothing can be
found by a sealed column, and `update()` cannot write one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from facepass.core.keys import sealing

if TYPE_CHECKING:
    BytesColumn = models.BinaryField[Any, Any]
else:
    BytesColumn = models.BinaryField


class Ciphertext(bytes):
    """What a sealed column holds."""

    __slots__ = ()


class SealedAttribute(DeferredAttribute):
    """Reads the plain value of an instance's sealed one, which is kept as it is until the row is saved."""

    field: "SealedField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Ciphertext):
            return value
        return self.field.to_plain(sealing.unseal(bytes(value), place=self.field.place_in(instance)))

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(BytesColumn):
    """Bytes, sealed. Null stays null."""

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, bound_to: Sequence[str] = (), **kwargs: Any) -> None:
        self.bound_to = tuple(bound_to)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, **({"bound_to": self.bound_to} if self.bound_to else {})}

    @property
    def row_fields(self) -> list[models.Field[Any, Any]]:
        """The fields whose values name the row that a value is bound to."""
        meta = self.model._meta
        return [f for f in meta.concrete_fields if f.attname in self.bound_to] if self.bound_to else [meta.pk]

    def place_in(self, instance: models.Model) -> sealing.Place:
        row = tuple(_text(f, getattr(instance, f.attname)) for f in self.row_fields)
        return sealing.Place(self.model._meta.db_table, str(self.column), row)

    def from_db_value(self, value: bytes | memoryview | None, *_args: object) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def to_python(self, value: Any) -> Any:
        return value  # never from a form or a fixture

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        if held is None or isinstance(held, Ciphertext):
            return held
        sealed = Ciphertext(sealing.seal(self.to_bytes(held), place=self.place_in(model_instance)))
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.name} is sealed: save the row; nothing is found by it")
        return super().get_db_prep_value(value, connection, prepared)

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def to_plain(self, content: bytes) -> Any:
        return content


class SealedTextField(SealedField):
    """Text, sealed."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def to_plain(self, content: bytes) -> Any:
        return content.decode()


def _text(field: models.Field[Any, Any], value: object) -> str:
    """Return a column's value as the database writes it."""
    if value is None:
        raise ValueError(f"{field.name} has to be known before the row is sealed")
    return str(field.to_python(value))
