"""Which engine this process uses. Nothing switches to another one in silence.

The model version that is active in the database decides: the engine with its contract id describes new photos and
probes, and a pack that is installed or updated changes nothing before `manage.py generate_descriptors` has switched.
Without an active version, or where FACE_ENGINE and INSIGHTFACE_PACK ask for another engine, the environment decides:
`FACE_ENGINE=auto` takes InsightFace where that pack is installed, else dlib. A process asks once, so its engine never
changes while it runs. What is in use shows at start-up, in health and in the admin (`engine_in_use`).
Tests put another engine in its place with `use(...)`, or with the Django setting FACE_ENGINE_CLASS in a settings module
of their own; no environment variable can.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition import calibration, contracts, dlib_files, packs
from recognition.engines.base import FaceEngine, License
from recognition.idle import Held


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What can be said of an engine without loading its weights.

    `digests`: SHA-256 in hex by file name. `calibrated`: its similarity scale was measured. `problem`: why not usable.
    """

    name: str
    model: str
    license: License
    contract_id: str
    calibrated: bool
    digests: dict[str, str]
    in_use: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine by name, and its model: for InsightFace the folder of the pack."""

    name: str
    model: str


@dataclass(frozen=True, slots=True)
class Active:
    """The active model version, as the database names it."""

    pk: UUID
    engine: str
    model: str
    contract_id: str


class _Process:
    """The engine of this process, its lock, and what the database said when it was first asked."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.engine: Held[FaceEngine] = Held()
        self.contract_id = ""
        self.replacement: FaceEngine | None = None
        self.asked = False
        self.active: Active | None = None
        self.choice: Choice | None = None


_process = _Process()


def _after_fork() -> None:
    """A child starts without an engine, for ONNX sessions do not survive a fork, and with a lock that nobody holds."""
    _process.lock, _process.engine, _process.contract_id = threading.RLock(), Held(), ""
    _process.asked, _process.choice = False, None


os.register_at_fork(after_in_child=_after_fork)


def get_engine() -> FaceEngine:
    """The engine in use, loaded at the first call, and again after MODEL_IDLE_SECONDS without one; one per process.

    Raises FacePassError 503: `model_not_installed` or `model_corrupt`.
    """
    return _process.replacement or _process.engine.get(_loaded, idle_seconds=settings.ENV.model_idle_seconds)


def engine_in_use() -> EngineInfo:
    """The same choice without loading weights: its files are compared with their digests. Raises as `get_engine`."""
    if _replaced():
        return _info_of(get_engine())
    choice = _choice()
    if choice.name == "dlib":
        dlib_files.verify()
        return _dlib_info()
    packs.verify(packs.find(choice.model))
    return _insightface_info(choice.model)


def configured() -> Choice:
    """What the environment asks for, whatever is active: where `generate_descriptors` leads to."""
    if _replaced():
        return Choice(get_engine().name, get_engine().model)
    env = settings.ENV
    if env.face_engine == "insightface" or (env.face_engine == "auto" and packs.is_installed(env.insightface_pack)):
        return Choice("insightface", env.insightface_pack)
    return Choice("dlib", dlib_files.MODEL)


def configured_pack() -> str:
    return str(settings.ENV.insightface_pack)


def load(choice: Choice) -> FaceEngine:
    """An engine of its own, beside the one in use. Raises as `get_engine` does."""
    if _replaced() and choice == configured():
        return get_engine()
    if choice.name == "insightface":
        from recognition.engines.pack_engine import PackEngine  # noqa: PLC0415 - imports onnxruntime

        return PackEngine(packs.find(choice.model))
    from recognition.engines.dlib import DlibEngine  # noqa: PLC0415 - imports dlib

    dlib_files.verify()
    return DlibEngine()


def with_contract(contract_id: str) -> Choice | None:
    """The engine on this machine whose descriptors may be compared with those of that contract."""
    found = next((info for info in installed_models() if info.contract_id == contract_id), None)
    return Choice(found.name, found.model) if found else None


def would_serve(active: Active) -> bool:
    """Whether the environment lets the engine of that version be used, were it the active one."""
    return _replaced() or _serving(active) is not None


def switched_since(active_pk: UUID) -> bool:
    """Whether another version was active when this process chose its engine."""
    seen = _process.active.pk if _process.active else None
    return _process.asked and not _replaced() and seen != active_pk


def ask_again() -> None:
    """For the supervisor, which loads no engine itself: from now on the version that is active now."""
    _process.asked, _process.choice = False, None
    _choice()


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
    """The same one as before where it was unloaded, also if its folder holds a newer pack by now."""
    if _class_in_settings():
        return _of_class(_class_in_settings())
    choice, before = _choice(), _process.contract_id
    if before and choice.name == "insightface" and _contract_of(choice.model) != before:
        found = with_contract(before)
        if found is None:
            message = _("The files of %(model)s were replaced. Restart FacePass.") % {"model": choice.model}
            raise FacePassError("model_switched", message, status=503)
        choice = found
    engine = load(choice)
    _process.contract_id = engine.contract_id
    return engine


def _replaced() -> bool:
    return _process.replacement is not None or bool(_class_in_settings())


def _class_in_settings() -> str:
    return str(getattr(settings, "FACE_ENGINE_CLASS", None) or "")


def _of_class(dotted: str) -> FaceEngine:
    engine: FaceEngine = import_string(dotted)()
    return engine


def _choice() -> Choice:
    """Made once: a pack that is installed while this process runs does not change what its descriptors mean."""
    with _process.lock:
        if _process.choice is not None:
            return _process.choice
        active = _active()
        choice = (_serving(active) if active else None) or configured()
        if _process.asked:
            _process.choice = choice
        return choice


def _active() -> Active | None:
    """Remembered from the first answer on; before the first migration there is none."""
    from recognition.models import ModelVersion  # noqa: PLC0415 - that module imports this one

    if not _process.asked:
        try:
            _process.active = ModelVersion.objects.named_active()
        except (DatabaseError, InterfaceError):
            return None
        _process.asked = True
    return _process.active


def _serving(active: Active) -> Choice | None:
    """Who describes as the active version does; None where the environment asks for another engine.

    Where nobody has its contract any more, such as after an update of FacePass, the same engine and pack go on.
    """
    env = settings.ENV
    if env.face_engine not in ("auto", active.engine):
        return None
    if active.engine == "dlib":
        return Choice("dlib", dlib_files.MODEL)
    if active.engine != "insightface" or (env.face_engine != "auto" and env.insightface_pack != active.model):
        return None
    folders = [active.model, *packs.installed()]
    return Choice("insightface", next((f for f in folders if _contract_of(f) == active.contract_id), active.model))


def _contract_of(pack_name: str) -> str:
    try:
        return contracts.of_pack(packs.find(pack_name))
    except FacePassError:
        return ""


def _in_use(name: str, model: str) -> bool:
    return not _replaced() and _choice() == Choice(name, model)


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
