"""Settings with an engine that takes its time and says which process it runs in, for tests that kill workers.

A picture POISON_WIDTH pixels wide kills the process that looks at it.
"""

import os
import signal
import time

from facepass.settings import *  # noqa: F403
from facepass.settings import HOME
from recognition.engines.fake import FakeEngine

FACE_ENGINE_CLASS = "facepass.testing.engines.slow_engine.SlowEngine"
SECONDS = 0.7
POISON_WIDTH = 666


class SlowEngine(FakeEngine):
    def detect(self, pictures):
        (HOME / "worker.pid").write_text(str(os.getpid()))
        time.sleep(SECONDS)
        if any(picture.shape[1] == POISON_WIDTH for picture in pictures):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().detect(pictures)
