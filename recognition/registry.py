"""Which engine this process uses. Nothing switches to another one in silence.

`FACE_ENGINE=auto` takes InsightFace where the pack INSIGHTFACE_PACK is installed, else dlib; the choice depends on
files only, so it is the same in every process and shows at start-up, in health and in the admin (`engine_in_use`).
Tests put another engine in its place with `use(...)`, or with the Django setting FACE_ENGINE_CLASS in a settings module
of their own; no environment variable can.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from facepass.errors import FacePassError
from recognition import calibration, contracts, dlib_files, packs
from recognition.engines.base import FaceEngine, License


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What can be said of an engine without loading its weights.

    `digests`: SHA-256 in hex by file name. `calibrated` is False where its similarity scale was not measured.
    `problem` says why it can not be used, empty where it can.
    """

    name: str
    model: str
    license: License
    contract_id: str
    calibrated: bool
    digests: dict[str, str]
    in_use: bool
    problem: str = ""


class _Process:
    """The engine of this process, and its lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.engine: FaceEngine | None = None
        self.replacement: FaceEngine | None = None


_process = _Process()


def _after_fork() -> None:
    """A child starts without an engine, for ONNX sessions do not survive a fork, and with a lock that nobody holds."""
    _process.lock, _process.engine = threading.RLock(), None


os.register_at_fork(after_in_child=_after_fork)


def get_engine() -> FaceEngine:
    """The engine in use, loaded at the first call; one per process.

    Raises FacePassError 503: `model_not_installed` or `model_corrupt`.
    """
    if _process.replacement is not None:
        return _process.replacement
    with _process.lock:
        if _process.engine is None:
            _process.engine = _loaded()
        return _process.engine


def engine_in_use() -> EngineInfo:
    """The same choice without loading weights. Raises as `get_engine` does."""
    if _process.replacement is not None or _class_in_settings():
        return _info_of(get_engine())
    return _insightface_info(settings.ENV.insightface_pack) if _chosen() == "insightface" else _dlib_info()


def installed_models() -> list[EngineInfo]:
    """Everything on this machine, the one in use marked, damaged packs with their `problem`."""
    found = [*map(_pack_or_problem, packs.installed()), _dlib_info()]
    if _process.replacement is not None or _class_in_settings():
        found.append(_info_of(get_engine()))
    return found


@contextmanager
def use(engine: FaceEngine) -> Iterator[FaceEngine]:
    """Puts another engine in place within a test; this process only."""
    before, _process.replacement = _process.replacement, engine
    try:
        yield engine
    finally:
        _process.replacement = before


def _loaded() -> FaceEngine:
    if _class_in_settings():
        return _of_class(_class_in_settings())
    if _chosen() == "insightface":
        from recognition.engines.insightface import InsightFaceEngine  # noqa: PLC0415 - imports onnxruntime

        return InsightFaceEngine(packs.find(settings.ENV.insightface_pack))
    from recognition.engines.dlib import DlibEngine  # noqa: PLC0415 - imports dlib

    return DlibEngine()


def _class_in_settings() -> str:
    return str(getattr(settings, "FACE_ENGINE_CLASS", None) or "")


def _of_class(dotted: str) -> FaceEngine:
    engine: FaceEngine = import_string(dotted)()
    return engine


def _chosen() -> str:
    """`insightface` or `dlib`: FACE_ENGINE, where `auto` asks whether the pack is there."""
    chosen = settings.ENV.face_engine
    if chosen != "auto":
        return str(chosen)
    return "insightface" if packs.is_installed(settings.ENV.insightface_pack) else "dlib"


def _in_use(name: str, model: str) -> bool:
    if _process.replacement is not None or _class_in_settings():
        return False
    return _chosen() == name and (name == "dlib" or settings.ENV.insightface_pack == model)


def _pack_or_problem(name: str) -> EngineInfo:
    try:
        return _insightface_info(name)
    except FacePassError as error:
        return EngineInfo(
            "insightface", name, packs.INSIGHTFACE_LICENSE, "", False, {}, _in_use("insightface", name), error.message
        )


def _insightface_info(pack_name: str) -> EngineInfo:
    pack = packs.find(pack_name)
    return EngineInfo(
        name="insightface",
        model=pack.name,
        license=pack.license,
        contract_id=contracts.of_pack(pack),
        calibrated=calibration.shipped(contracts.recogniser_of_pack(pack)).calibrated,
        digests={file.path.name: file.sha256 for file in (pack.detector, pack.recogniser)},
        in_use=_in_use("insightface", pack.name),
    )


def _dlib_info() -> EngineInfo:
    return EngineInfo(
        name="dlib",
        model=dlib_files.MODEL,
        license=dlib_files.LICENSE,
        contract_id=contracts.of_dlib(),
        calibrated=calibration.shipped(contracts.recogniser_of_dlib()).calibrated,
        digests={path.name: packs.sha256(path) for path in (dlib_files.landmarks(), dlib_files.network())},
        in_use=_in_use("dlib", dlib_files.MODEL),
    )


def _info_of(engine: FaceEngine) -> EngineInfo:
    return EngineInfo(
        name=engine.name,
        model=engine.model,
        license=engine.license,
        contract_id=engine.contract_id,
        calibrated=engine.calibration.calibrated,
        digests={},
        in_use=True,
    )
