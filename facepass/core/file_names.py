"""Names under which files leave: what an uploader wrote decides neither where a file goes nor as what it is opened."""

import re
import unicodedata
from pathlib import PurePosixPath

# What separates folders, what systems and headers read as something else than a name.
REFUSED_CHARACTERS = frozenset('/\\:*?"<>|;%')
# Of file systems, in characters.
LONGEST = 255
# Names that Windows keeps for devices, whatever follows the first dot.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_name(name: str, *, fallback: str = "photo") -> str:
    """Return one part of a path, of safe characters and never empty: nothing in it leads to another folder."""
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(_safe_character(character) for character in composed)
    trimmed = re.sub(r"_{2,}", "_", kept).strip(" .")[:LONGEST].strip(" .")
    if not trimmed.strip("_"):
        return fallback
    return f"_{trimmed}" if RESERVED.fullmatch(trimmed) else trimmed


def _safe_character(character: str) -> str:
    """Return the character, an underscore, a space, or nothing.

    Left out are line breaks and what nobody sees: marks that turn the direction of writing make gpj.exe of exe.jpg.
    """
    kind = unicodedata.category(character)
    if kind[0] == "Z":
        return " "
    if kind[0] == "C":
        return ""
    return "_" if character in REFUSED_CHARACTERS else character


def safe_folder(path: str) -> PurePosixPath:
    """Return a relative path of safe parts, without those that lead upward."""
    parts = [part for part in path.replace("\\", "/").split("/") if part.strip(" .")]
    return PurePosixPath(*(safe_name(part, fallback="folder") for part in parts))
