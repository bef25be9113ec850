"""What the costliest file of each format costs: processor time and peak memory of the process that decodes it.

    python benchmarks/worst_files.py [--side 7744] [--only PNG]

The files are those of `facepass/testing/pictures/costly.py`, decoded as a selfie is. Linux only.
"""

import argparse
import os
import resource
import sys
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from django.conf import settings  # noqa: E402

settings.configure(MAX_PIXELS=150_000_000, RAW_PHOTOS=False, USE_I18N=False, BASE_DIR=ROOT)

from facepass.core.errors import FacePassError  # noqa: E402
from facepass.testing.pictures import costly  # noqa: E402
from recognition.pictures import decoding  # noqa: E402
from recognition.pictures.decoders import pool as decoder_pool  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=costly.LARGEST_SIDE)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print("| file | bytes | outcome | processor time | peak memory |\n|---|---|---|---|---|")
    for name, make in costly.COSTLY.items():
        if options.only in name:
            # A HEIC has a thousand tiles at the most.
            data = make(min(options.side, 2400) if name.startswith("HEIC") else options.side)
            print(f"| {name} | {len(data):,} | {' | '.join(_measure(data))} |", flush=True)


def _measure(data: bytes) -> tuple[str, str, str]:
    """Return outcome, seconds and megabytes; those of this process where it decoded by itself."""
    pool = decoder_pool.DecoderPool(size=1)
    decoder_pool._pool = pool
    before = _own_seconds()
    try:
        outcome = _try(data)
        if not pool._idle:
            return outcome, f"{_own_seconds() - before:.1f} s", "–"
        about = Path(f"/proc/{pool._idle[0]._process.pid}")
        ticks = (about / "stat").read_text().rsplit(")", 1)[1].split()[11:13]
        seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        peak = next(line for line in (about / "status").read_text().splitlines() if line.startswith("VmHWM"))
        return outcome, f"{seconds:.1f} s", f"{int(peak.split()[1]) // 1000} MB"
    finally:
        pool.close()


def _try(data: bytes) -> str:
    try:
        decoding.decode_picture(BytesIO(data), longest_side=800)
    except FacePassError as refusal:
        return f"`{refusal.code}` {refusal.details.get('limit', '')}".strip()
    return "decoded"


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
