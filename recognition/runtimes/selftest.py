"""Choose the runtime of a network: measure OpenVINO against onnxruntime, once for each network and machine.

INFERENCE_RUNTIME=auto takes OpenVINO, where it is installed, if it is faster and its outputs are the same (see
selftest_results.py).
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from facepass.core.errors import FacePassError
from recognition.runtimes import inference_sessions, selftest_results
from recognition.runtimes.devices import may_use_openvino, runtime_unusable_error
from recognition.runtimes.inference_sessions import InputArray, OnnxSession, OpenVinoSession, Session
from recognition.runtimes.selftest_results import FAITHFUL, Model, Verdict

PICTURES, ROUNDS = 4, 5
# Side in pixels of patches of one colour in the test pictures: networks respond to them, and hardly to mere noise.
PATCH = 16


def choose_session(
    model: Model, plain: OnnxSession, *, name: str, batch: int, highest: int = 1, least: float = FAITHFUL
) -> Session:
    """Return the session to run the network in: `plain`, or OpenVINO's.

    `batch`: the most pictures of a run. `highest`: the highest value of the input, 255 for 0..255; 1 means -1..1.
    `least`: the cosine that OpenVINO's outputs must have to onnxruntime's. Raise FacePassError 503 `runtime_unusable`
    where INFERENCE_RUNTIME=openvino cannot be satisfied.
    """
    if not may_use_openvino() or None in plain.shape[1:]:
        return plain
    verdict = selftest_results.find_verdict(model)
    if verdict is None:
        measured = _measure(model, plain, name=name, batch=batch, highest=highest)
        verdict = selftest_results.store_verdict(model, replace(measured, least=least))
    if verdict.runtime == "openvino":
        return OpenVinoSession(model, shape=plain.shape, max_batch=batch)
    if settings.ENV.inference_runtime == "openvino":
        raise runtime_unusable_error(verdict.problem or _("its outputs for %(name)s differ too much") % {"name": name})
    return plain


def _measure(model: Model, plain: OnnxSession, *, name: str, batch: int, highest: int) -> Verdict:
    precision = inference_sessions.openvino_precision()
    pictures = _draw_pictures(plain, count=min(PICTURES, batch), highest=highest)
    try:
        other = OpenVinoSession(model, shape=plain.shape, max_batch=batch)
    except FacePassError as refusal:
        return Verdict(name, precision, speedup=0, cosine=0, problem=refusal.details["why"])
    cosine = min(map(_lowest_cosine, _run_to_rows(plain, pictures), _run_to_rows(other, pictures)))
    # Alternating runs and the best of each: other work of the machine then distorts neither.
    pairs = [(_measure_seconds(plain.run, pictures), _measure_seconds(other.run, pictures)) for _round in range(ROUNDS)]
    plain_seconds, other_seconds = map(min, zip(*pairs, strict=True))
    return Verdict(name, precision, speedup=round(plain_seconds / other_seconds, 3), cosine=round(cosine, 6))


def _draw_pictures(plain: OnnxSession, *, count: int, highest: int) -> InputArray:
    """Return the same random pictures every time, (count, ...), in the range of values that the network takes."""
    rng = np.random.default_rng(0)
    sides = [side or 1 for side in plain.shape[1:]]
    values = rng.random([count, *(-(-side // PATCH) if side > PATCH else side for side in sides)], np.float32)
    for axis, side in enumerate(sides, start=1):
        if side > PATCH:
            values = np.repeat(values, PATCH, axis=axis).take(range(side), axis=axis)
    values = 0.9 * values + 0.1 * rng.random(values.shape, np.float32)
    if plain.input_type == "tensor(uint8)":
        return (255 * values).astype(np.uint8)
    return highest * values if highest > 1 else 2 * values - 1


def _run_to_rows(session: Session, pictures: InputArray) -> list[NDArray[np.float64]]:
    """Return each output as (n, values): one row for each picture."""
    return [output.reshape(len(pictures), -1).astype(np.float64) for output in session.run(pictures)]


def _lowest_cosine(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Return the lowest cosine of two rows; outputs with NaN count as opposite."""
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines = (ours * theirs).sum(axis=1) / np.maximum(lengths, 1e-30)
    return float(np.nan_to_num(cosines, nan=-1).min())


def _measure_seconds(run: Callable[[InputArray], object], pictures: InputArray) -> float:
    started = time.perf_counter()
    run(pictures)
    return time.perf_counter() - started
