"""What the self-test of a runtime found, kept in FACEPASS_HOME/models/runtimes.json for each machine and network.

OpenVINO is taken where its outputs for every picture have a cosine of at least FAITHFUL to onnxruntime's, a detector's
at least ROUGHLY, and, unless it is asked for, where it is FASTER times as fast. The self-test's pictures are easier
than faces: a network that has 0.9993 there in bf16 has 0.9985 for faces, and the cosine of two faces moves by less than
0.01. So descriptors of both runtimes may be compared, and the contract id does not name the runtime.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from facepass.core import machine
from recognition.runtimes import devices

FAITHFUL, FASTER = 0.999, 1.1
# What a detector says chooses pixels and is no part of a descriptor. YuNet in bf16 has 0.998; boxes differ by less than
# a pixel, and the landmarks are marked by another network.
ROUGHLY = 0.995
Runtime = Literal["onnxruntime", "openvino"]
Model = Path | bytes
"""An ONNX file, or what would stand in it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured for one network: OpenVINO's `precision`, how many times as fast it is as onnxruntime, the least
    cosine of its outputs to onnxruntime's, and why it cannot run the network (empty where it can). `least`: the cosine
    that the network needs.
    """

    network: str
    precision: str
    speedup: float
    cosine: float
    problem: str = ""
    least: float = FAITHFUL

    @property
    def runtime(self) -> Runtime:
        """Under the present setting."""
        asked = settings.ENV.inference_runtime
        pays = asked == "openvino" or self.speedup >= FASTER
        return "openvino" if asked != "onnxruntime" and self.faithful and pays else "onnxruntime"

    @property
    def faithful(self) -> bool:
        return not self.problem and self.cosine >= self.least


def kept(model: Model) -> Verdict | None:
    entry = _read().get(_here(), {}).get(_digest(model))
    return Verdict(**entry) if entry else None


def keep(model: Model, verdict: Verdict) -> Verdict:
    """Two processes that write at once lose an entry, which is measured again then."""
    found, file = _read(), _file()
    found.setdefault(_here(), {})[_digest(model)] = asdict(verdict)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(found, indent=1))
    draft.replace(file)
    return verdict


def everything() -> list[Verdict]:
    """What was found on this machine, with these versions and threads; empty where OpenVINO is not tried.

    Raises as `devices.tries_openvino` does.
    """
    return [Verdict(**entry) for entry in _read().get(_here(), {}).values()] if devices.tries_openvino() else []


def _read() -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads(_file().read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def _file() -> Path:
    return Path(settings.HOME) / "models" / "runtimes.json"


def _here() -> str:
    """What a measurement holds for."""
    versions = ", ".join(f"{name} {version}" for name, version in devices.runtimes().items())
    return f"{machine.cpu()}, {settings.ENV.inference_threads} threads, {versions}"


def _digest(model: Model) -> str:
    data = model if isinstance(model, bytes) else model.read_bytes()
    return hashlib.sha256(data).hexdigest()
