"""Settings with an engine that takes as long as a test likes and says which process it runs in, to be killed in time.

While there is a file `hold` in FACEPASS_HOME, it looks at no picture to the end but that of the warm-up.

A picture POISON_WIDTH pixels wide kills the process that looks at it.
"""

import os
import signal
import time

from facepass.settings import *  # noqa: F403
from facepass.settings import HOME
from recognition.engines.fake import FakeEngine

FACE_ENGINE_CLASS = "facepass.testing.engines.slow_engine.SlowEngine"
POISON_WIDTH = 666


class SlowEngine(FakeEngine):
    def detect(self, pictures, **options):
        from recognition.engines import warm_up  # these are settings, which come before models

        if all(picture.shape[:2] == (warm_up.SIDE, warm_up.SIDE) for picture in pictures):
            return super().detect(pictures, **options)
        (HOME / "worker.pid").write_text(str(os.getpid()))
        while (HOME / "hold").exists():
            time.sleep(0.02)
        if any(picture.shape[1] == POISON_WIDTH for picture in pictures):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().detect(pictures, **options)
