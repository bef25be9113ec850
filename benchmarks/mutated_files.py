"""Opens damaged files of every format as an upload and an analysis do: none may crash, hang or let memory grow.

    python benchmarks/mutated_files.py [--count 10000] [--first 0] [--only PNG] [--raw]

The files are those of facepass/testing/pictures/damaged.py, one for each format and seed from `--first` on, so that a
run can be repeated. Right is a picture, or a refusal with a code. Memory is that of this process and its decoders,
after the first tenth and at the end. Linux only. Ends with 1 where anything failed.
"""

import argparse
import os
import sys
import time
from collections import Counter
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from django.conf import settings  # noqa: E402

settings.configure(MAX_PIXELS=150_000_000, USE_I18N=False, BASE_DIR=ROOT, RAW_PHOTOS="--raw" in sys.argv)

from facepass.core.errors import FacePassError  # noqa: E402
from facepass.testing.pictures.damaged import FORMATS, damaged_file  # noqa: E402
from recognition.pictures import decoding  # noqa: E402

LONGEST_SECONDS = 10.0
# What the first files of a kind load (libraries, profiles) is no growth.
WARM_UP = 0.1
GROWTH_MB = 60.0
PREVIEW = 1600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--raw", action="store_true")
    asked = parser.parse_args()
    print(
        "| format | files | shown | refused | failed | slowest, s | memory grew by, MB |\n|---|---|---|---|---|---|---|"
    )
    forms = [form for form in FORMATS if asked.only in form]
    good = [open_files(form, range(asked.first, asked.first + asked.count)) for form in forms]
    sys.exit(0 if all(good) else 1)


def open_files(form: str, seeds: range) -> bool:
    """Print the row of the format, and what failed. Return whether nothing did."""
    outcomes: Counter[str] = Counter()
    failed, slowest, warm = [], 0.0, 0.0
    for number, seed in enumerate(seeds):
        data = damaged_file(form, seed)
        outcome, seconds = open_timed(data)
        if seconds > LONGEST_SECONDS:  # other work on the machine may have held it up
            outcome, seconds = min(open_timed(data), (outcome, seconds), key=lambda tried: tried[1])
        slowest = max(slowest, seconds)
        outcomes[outcome] += 1
        if outcome.startswith("failed") or seconds > LONGEST_SECONDS:
            failed.append(f"{form} {seed}: {outcome}, {seconds:.1f} s")
        if number == int(len(seeds) * WARM_UP):
            warm = memory_mb()
    grown = memory_mb() - warm
    refused = outcomes.total() - outcomes["shown"] - len(failed)
    row = [form, len(seeds), outcomes["shown"], refused, len(failed), f"{slowest:.2f}", f"{grown:.0f}"]
    print(f"| {' | '.join(map(str, row))} |", *failed[:20], sep="\n", flush=True)
    print(dict(outcomes), file=sys.stderr, flush=True)
    return not failed and grown < GROWTH_MB


def open_timed(data: bytes) -> tuple[str, float]:
    started = time.monotonic()
    return open_file(data), time.monotonic() - started


def open_file(data: bytes) -> str:
    """Return "shown", "refused: CODE" or "failed: ERROR"."""
    try:
        info = decoding.inspect_picture(BytesIO(data))
        picture = decoding.decode_picture(BytesIO(data), longest_side=PREVIEW, loosely=True)
    except FacePassError as refusal:
        return f"refused: {refusal.code}" if refusal.status < 500 else f"failed: {refusal.code}"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"failed: {type(error).__name__}: {error}"
    wide = info.width >= info.height
    return "shown" if wide == (picture.shape[1] >= picture.shape[0]) else "failed: not as the header says"


def memory_mb() -> float:
    """Return the resident memory of this process and of the decoders, its children."""
    own = str(os.getpid())
    children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
    return sum(_resident_mb(pid) for pid in [own, *children])


def _resident_mb(pid: str) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
