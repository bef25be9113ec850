"""Results of the runtimes' self-test, kept in FACEPASS_HOME/models/runtimes.json for each machine and network.

OpenVINO is taken where its outputs for every picture have a cosine of at least FAITHFUL to onnxruntime's (a detector's
at least ROUGHLY) and, unless the settings ask for it, where it is MIN_SPEEDUP times as fast. The self-test's pictures
are easier than faces: a network that has 0.9993 there in bf16 has 0.9985 for faces, and the cosine of two faces moves
by less than 0.01. So descriptors of both runtimes may be compared, and the contract id does not name the runtime.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

from django.conf import settings

from facepass.core import machine
from recognition.runtimes import devices

FAITHFUL, MIN_SPEEDUP = 0.999, 1.1
# A detector's outputs only choose pixels and are no part of a descriptor. YuNet in bf16 has 0.998; boxes differ by less
# than a pixel, and the landmarks are marked by another network.
ROUGHLY = 0.995
Runtime = Literal["onnxruntime", "openvino"]
Model = Path | bytes
"""The path of an ONNX file, or its content."""


class VerdictEntry(TypedDict):
    """`Verdict` in the file; older files lack the last two."""

    network: str
    precision: str
    speedup: float
    cosine: float
    problem: NotRequired[str]
    least: NotRequired[float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured for one network.

    `precision`: OpenVINO's, bf16 or f32. `speedup`: how many times as fast as onnxruntime it is. `cosine`: the lowest
    of its outputs to onnxruntime's. `problem`: why it cannot run the network, empty where it can. `least`: the cosine
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
        """The runtime to use under the present setting."""
        wanted = settings.ENV.inference_runtime
        is_worth_it = wanted == "openvino" or self.speedup >= MIN_SPEEDUP
        return "openvino" if wanted != "onnxruntime" and self.faithful and is_worth_it else "onnxruntime"

    @property
    def faithful(self) -> bool:
        return not self.problem and self.cosine >= self.least

    def as_json(self) -> VerdictEntry:
        return {
            "network": self.network,
            "precision": self.precision,
            "speedup": self.speedup,
            "cosine": self.cosine,
            "problem": self.problem,
            "least": self.least,
        }


def find_verdict(model: Model) -> Verdict | None:
    """Return what was measured for that network on this machine, with these versions and threads."""
    entry = _read_file().get(_machine_key(), {}).get(_digest(model))
    return Verdict(**entry) if entry else None


def store_verdict(model: Model, verdict: Verdict) -> Verdict:
    """Add the verdict to the file and return it.

    Two processes that write at once may lose an entry, which is then measured again.
    """
    entries, file = _read_file(), _results_path()
    entries.setdefault(_machine_key(), {})[_digest(model)] = verdict.as_json()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(entries, indent=1))
    draft.replace(file)
    return verdict


def list_verdicts() -> list[Verdict]:
    """Return the verdicts that apply now; empty where OpenVINO is not tried. Raise as `may_use_openvino` does."""
    if not devices.may_use_openvino():
        return []
    return [Verdict(**entry) for entry in _read_file().get(_machine_key(), {}).values()]


def _read_file() -> dict[str, dict[str, VerdictEntry]]:
    """Return the entries by machine and by the digest of the network; empty for a damaged file."""
    try:
        entries: dict[str, dict[str, VerdictEntry]] = json.loads(_results_path().read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return entries


def _results_path() -> Path:
    return Path(settings.HOME) / "models" / "runtimes.json"


def _machine_key() -> str:
    """Return what a measurement depends on: processor, threads and versions."""
    versions = ", ".join(f"{name} {version}" for name, version in devices.installed_runtimes().items())
    return f"{machine.cpu_signature()}, {settings.ENV.inference_threads} threads, {versions}"


def _digest(model: Model) -> str:
    data = model if isinstance(model, bytes) else model.read_bytes()
    return hashlib.sha256(data).hexdigest()
