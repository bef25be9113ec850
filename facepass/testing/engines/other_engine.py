"""A second model for the tests of what outlives a switch, and the switch itself."""

import io

import numpy as np
from django.core.management import call_command

from recognition.engines import registry
from recognition.engines.fake import DIMENSION, FakeEngine


class OtherEngine(FakeEngine):
    """Another space: no descriptor of the first engine is near one of its own. It does not see `blind_to` boxes."""

    contract_id = "fake-squares-2"
    model = "mirrored"

    def __init__(self, *, blind_to=(), dies_after=None):
        self.blind_to, self.left = blind_to, dies_after

    def detect(self, pictures, **options):
        if self.left is not None:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
        return [
            [face for face in faces if not any(low <= face.box.x < high for low, high in self.blind_to)]
            for faces in super().detect(pictures, **options)
        ]

    def embed(self, picture, faces):
        turn = np.linalg.qr(np.random.default_rng(7).standard_normal((DIMENSION, DIMENSION)))[0]
        return (super().embed(picture, faces) @ turn).astype(np.float32)


def run(engine, *arguments):
    out = io.StringIO()
    with registry.use_engine(engine):
        call_command("generate_descriptors", *arguments, stdout=out)
    return out.getvalue()
