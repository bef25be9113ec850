"""FacePass finds people in event photos by their face."""

import os

# numpy's products here are small, and there is a process per core: with two threads on two busy cores, one that takes
# 0.3 ms takes 24. Before numpy is imported, and only where nobody has chosen.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The one place that says it: health, the API's document and webhooks read it from here, and CHANGELOG.md describes it.
__version__ = "0.2.0"
