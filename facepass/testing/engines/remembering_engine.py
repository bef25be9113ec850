"""A real engine that looks at each picture once: what it said of the same pixels is said again."""

from collections.abc import Callable, Hashable, Sequence
from hashlib import sha256
from typing import Any

from recognition.engines.base import FaceEngine, PictureFaces
from recognition.types import Descriptors, DetectedFace, Picture


class RememberingEngine:
    """For tests that analyse the same photos again and again, where the pages are the subject."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._said: dict[Hashable, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def detect(self, pictures: Sequence[Picture], **how: bool) -> list[list[DetectedFace]]:
        return [
            [*self._once((_digest(one), *sorted(how.items())), lambda one=one: self._engine.detect([one], **how)[0])]
            for one in pictures
        ]

    def embed_many(self, pairs: Sequence[PictureFaces]) -> list[Descriptors]:
        return [self.embed(picture, faces) for picture, faces in pairs]

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> Descriptors:
        landmarks = tuple(face.landmarks.tobytes() for face in faces)
        return self._once((_digest(picture), landmarks), lambda: self._engine.embed(picture, faces)).copy()

    def _once(self, asked: Hashable, ask: Callable[[], Any]) -> Any:
        if asked not in self._said:
            self._said[asked] = ask()
        return self._said[asked]


def _digest(picture: Picture) -> tuple[tuple[int, ...], bytes]:
    return picture.shape, sha256(picture.tobytes()).digest()
