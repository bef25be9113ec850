"""Photos on their way through decoding and the networks: while one batch is described, the next is decoded.

Threads decode, one thread runs the networks, and neither asks the database: that is for the caller's own thread, which
writes what comes out. At most AHEAD batches should be under way, which bounds the memory.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from galleries.models import GalleryImage
from recognition.types import DescribedFace, Picture

BATCH = 4
AHEAD = 2
# Decoding takes about as long as describing; a second thread takes up the slack of HEIC and slow storage.
DECODERS = 2

Prepare = Callable[[GalleryImage], Picture]
Describe = Callable[[Sequence[Picture]], list[list[DescribedFace]]]


@dataclass(frozen=True, slots=True)
class Batch:
    """`faces` are those of the pictures that could be decoded, in their order."""

    photos: list[GalleryImage]
    pictures: list[Future[Picture]]
    faces: Future[list[list[DescribedFace]]]


class Stages:
    """At work until the `with` block ends."""

    def __init__(self) -> None:
        self._decoders = ThreadPoolExecutor(DECODERS, "decode")
        self._networks = ThreadPoolExecutor(1, "networks")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._decoders.shutdown(cancel_futures=True)
        self._networks.shutdown(cancel_futures=True)

    def begin(self, photos: list[GalleryImage], *, prepare: Prepare, describe: Describe) -> Batch:
        pictures = [self._decoders.submit(prepare, photo) for photo in photos]
        return Batch(photos, pictures, self._networks.submit(_described, pictures, describe))


def _described(pictures: Sequence[Future[Picture]], describe: Describe) -> list[list[DescribedFace]]:
    return describe([picture.result() for picture in pictures if picture.exception() is None])
