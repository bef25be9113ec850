"""All files of a storage, told in the order of their names, with what a listing says of them without opening any."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`name`: as the storage knows it; `size`: in bytes."""

    name: str
    size: int
    modified_at: datetime

    @property
    def folder(self) -> str:
        return self.name.rpartition("/")[0]

    @property
    def own_name(self) -> str:
        return self.name.rpartition("/")[2]
