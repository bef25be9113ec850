"""Which runtime a network gets. INFERENCE_RUNTIME=auto tries OpenVINO, where it is installed, against onnxruntime, once
for each network and machine, and takes it where it is faster and its outputs are the same (see verdicts.py).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from facepass.core.errors import FacePassError
from recognition.runtimes import inference_sessions, selftest_results
from recognition.runtimes.devices import tries_openvino, unusable
from recognition.runtimes.inference_sessions import OnnxSession, OpenVinoSession, Session
from recognition.runtimes.selftest_results import FAITHFUL, Model, Verdict

PICTURES, ROUNDS = 4, 5
# Patches of one colour, as wide as this, make pictures of which a network sees more than noise.
PATCH = 16


def chosen(
    model: Model, plain: OnnxSession, *, name: str, batch: int, highest: int = 1, least: float = FAITHFUL
) -> Session:
    """The session to run the network in, `plain` or another. `batch`: of how many pictures at most. `highest`: of the
    values that it takes: 1 stands for -1..1, 255 for 0..255. `least`: how alike OpenVINO's outputs must be.

    Raises FacePassError 503 `runtime_unusable` where INFERENCE_RUNTIME=openvino cannot be had.
    """
    if not tries_openvino() or None in plain.shape[1:]:
        return plain
    verdict = selftest_results.kept(model)
    if verdict is None:
        measured = _measured(model, plain, name=name, batch=batch, highest=highest)
        verdict = selftest_results.keep(model, replace(measured, least=least))
    if verdict.runtime == "openvino":
        return OpenVinoSession(model, shape=plain.shape, most=batch)
    if settings.ENV.inference_runtime == "openvino":
        raise unusable(verdict.problem or _("its outputs for %(name)s differ too much") % {"name": name})
    return plain


def _measured(model: Model, plain: OnnxSession, *, name: str, batch: int, highest: int) -> Verdict:
    precision = inference_sessions.openvino_precision()
    pictures = _pictures(plain, count=min(PICTURES, batch), highest=highest)
    try:
        other = OpenVinoSession(model, shape=plain.shape, most=batch)
    except FacePassError as refusal:
        return Verdict(name, precision, speedup=0, cosine=0, problem=refusal.details["why"])
    cosine = min(map(_least_cosine, _rows(plain, pictures), _rows(other, pictures)))
    # In turns and at their best: what else the machine does then counts for neither.
    pairs = [(_seconds(plain.run, pictures), _seconds(other.run, pictures)) for _round in range(ROUNDS)]
    slow, fast = map(min, zip(*pairs, strict=True))
    return Verdict(name, precision, speedup=round(slow / fast, 3), cosine=round(cosine, 6))


def _pictures(plain: OnnxSession, *, count: int, highest: int) -> NDArray[Any]:
    """The same ones every time, in the range that the network takes."""
    rng = np.random.default_rng(0)
    sides = [side or 1 for side in plain.shape[1:]]
    found = rng.random([count, *(-(-side // PATCH) if side > PATCH else side for side in sides)], np.float32)
    for axis, side in enumerate(sides, start=1):
        if side > PATCH:
            found = np.repeat(found, PATCH, axis=axis).take(range(side), axis=axis)
    found = 0.9 * found + 0.1 * rng.random(found.shape, np.float32)
    if plain.input_type == "tensor(uint8)":
        return (255 * found).astype(np.uint8)
    return highest * found if highest > 1 else 2 * found - 1


def _rows(session: Session, pictures: NDArray[Any]) -> list[NDArray[np.float64]]:
    """Each output with a row for each picture."""
    return [output.reshape(len(pictures), -1).astype(np.float64) for output in session.run(pictures)]


def _least_cosine(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Over the pictures; outputs that are not numbers are as far away as can be."""
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines = (ours * theirs).sum(axis=1) / np.maximum(lengths, 1e-30)
    return float(np.nan_to_num(cosines, nan=-1).min())


def _seconds(run: Callable[[NDArray[Any]], object], pictures: NDArray[Any]) -> float:
    started = time.perf_counter()
    run(pictures)
    return time.perf_counter() - started
