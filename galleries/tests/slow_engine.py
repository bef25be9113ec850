"""Settings with an engine that takes its time and says which process it runs in, for tests that kill workers."""

import os
import time

from facepass.settings import *  # noqa: F403
from facepass.settings import HOME
from recognition.engines.fake import FakeEngine

FACE_ENGINE_CLASS = "galleries.tests.slow_engine.SlowEngine"
SECONDS = 0.7


class SlowEngine(FakeEngine):
    def detect(self, pictures):
        (HOME / "worker.pid").write_text(str(os.getpid()))
        time.sleep(SECONDS)
        return super().detect(pictures)
