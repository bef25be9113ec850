"""Why a file is refused, in words that do without Django: the processes that decode know nothing else of FacePass."""

from collections.abc import Mapping


class PictureRefused(Exception):
    """A file that is not taken. `code`: `not_an_image`, `truncated_image`, `image_too_large` or `image_too_complex`."""

    def __init__(self, code: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.details = dict(details or {})


def not_an_image() -> PictureRefused:
    return PictureRefused("not_an_image")


def truncated() -> PictureRefused:
    return PictureRefused("truncated_image")


def too_large(max_pixels: int, size: tuple[int, int] | None = None) -> PictureRefused:
    known = {} if size is None else {"width": size[0], "height": size[1]}
    return PictureRefused("image_too_large", {"max_pixels": max_pixels} | known)


def too_complex(limit: str) -> PictureRefused:
    """`limit`: what the file has too much of, `scans`, `parts`, `metadata`, `time` or `memory`."""
    return PictureRefused("image_too_complex", {"limit": limit})
