"""A process that decodes pictures for another, on its standard input and output, and may be killed at any time.

`python -m recognition.pictures.decoders.process`. A question is a line of JSON and the bytes of a file; the answer is a
line of JSON and the pixels, or a file. Nothing that comes out of a picture is ever unpickled or run by who asked. The
process has no secrets, opens no file, and ends with its input.
"""

import json
import math
import resource
import sys
import traceback
from typing import Any, BinaryIO

from recognition.pictures import formats
from recognition.pictures.decoders import decoder
from recognition.pictures.decoders.refusals import PictureRefused, too_complex


def main() -> None:
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no dump of somebody's selfie
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    start = _address_space()
    while line := questions.readline():
        question = json.loads(line)
        _limit(start + question["memory_bytes"], seconds=question["cpu_seconds"])
        answer, pixels = _answer(question, questions)
        answers.write(json.dumps({**answer, "bytes": len(pixels)}).encode() + b"\n")
        answers.write(pixels)
        answers.flush()


def _address_space() -> int:
    """Return the bytes of addresses that the process has taken up; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return 0


def _limit(addresses: int, *, seconds: int) -> None:
    """Set the limits of the next picture. A library that ignores a failed allocation dies by it, in here."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
    if addresses and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (addresses, resource.RLIM_INFINITY))


def _answer(question: dict[str, Any], file: BinaryIO) -> tuple[dict[str, Any], memoryview | bytes]:
    try:
        return _work(question, file.read(question["bytes"]))
    except PictureRefused as refusal:
        return _tell(refusal)
    except MemoryError:
        return _tell(too_complex("memory"))
    except Exception:  # noqa: BLE001 - a defect: who asked raises it, with where it was
        return {"failed": traceback.format_exc()}, b""


def _tell(refusal: PictureRefused) -> tuple[dict[str, Any], bytes]:
    return {"refused": refusal.code, "details": refusal.details}, b""


def _work(question: dict[str, Any], data: bytes) -> tuple[dict[str, Any], memoryview | bytes]:
    form = formats.find_by_name(question["format"])
    if question["do"] == "read_header":
        header = decoder.read_header(data, form, max_pixels=question["max_pixels"])
        moment = header.taken_at.isoformat() if header.taken_at else None
        return {
            "width": header.width,
            "height": header.height,
            "taken_at": moment,
            "camera": header.camera,
            "is_whole": header.is_whole,
        }, b""
    if question["do"] == "redraw":
        side = question["longest_side"]
        return {}, decoder.redraw(data, form, max_pixels=question["max_pixels"], longest_side=side)
    picture = decoder.decode(
        data,
        form,
        max_pixels=question["max_pixels"],
        longest_side=question["longest_side"],
        loosely=question["loosely"],
    )
    return {"height": picture.shape[0], "width": picture.shape[1]}, picture.reshape(-1).data


if __name__ == "__main__":
    main()
