"""What is kept of one person or guest, as a ZIP for them: `data.json` for programs, pictures, and a text that explains.

It answers a request for access or for data in a form that programs read (GDPR, Articles 15 and 20).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from zipstream import ZipStream

from facepass.core.database.storable_values import replace_non_finite
from facepass.core.file_names import safe_name
from galleries.models import GalleryImage
from galleries.photos import archives
from galleries.photos.archives import Maker

DATA, EXPLANATION = "data.json", "README.txt"


@dataclass(frozen=True, slots=True)
class IncludedFile:
    """A picture in the archive, by its path there, and what makes its content when it is its turn."""

    path: PurePosixPath
    make: Maker


def build_data_archive(data: Mapping[str, object], files: Iterable[IncludedFile], *, notes: Iterable[str]) -> ZipStream:
    """Return the ZIP, made while it is read. `notes`: sentences for whoever opens it."""
    text = json.dumps(replace_non_finite(dict(data)), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    lines = [*notes, _("data.json holds all of it, for programs; the pictures lie in folders beside it.")]
    entries = [(EXPLANATION, "\n\n".join(lines) + "\n"), (DATA, text)]
    texts = [(PurePosixPath(name), content.encode) for name, content in entries]
    return archives.build_made_archive([*texts, *((file.path, file.make) for file in files)])


def path_of_photo(photo: GalleryImage, name: str, *, folder: str = "photos") -> PurePosixPath:
    """Return where a photo lies in the archive: under the name that it is given by, which its id tells from others."""
    return PurePosixPath(folder, f"{photo.pk.hex[:12]}-{safe_name(name)}")


def is_stored(photo: GalleryImage) -> bool:
    """Return whether the photo's file is there; an archive holds no empty ones in the place of those that are lost."""
    return bool(photo.file) and default_storage.exists(photo.file.name or "")


def read_file(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
        return content
