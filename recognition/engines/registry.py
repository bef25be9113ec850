"""Which engine this process uses. Nothing switches to another one in silence.

The model version that is active in the database decides: the pack with its contract id describes new photos and
probes, and a pack that is installed or updated changes nothing before `manage.py generate_descriptors` has switched.
Without an active version `FACE_PACK=auto` takes the best installed pack that may be used commercially, else the best
there is; where FACE_PACK names a pack, that one is used. A process asks once, so its engine never changes while it
runs. What is in use shows at start-up, in health and in the admin (`engine_in_use`).

Where nothing here describes as the active version did (its engine has gone, or an update of FacePass describes
otherwise), there is no engine until `generate_descriptors` has run: stored faces can be compared with each other, but
no new picture with them.
Tests put another engine in its place with `use(...)`, or with the Django setting FACE_ENGINE_CLASS in a settings module
of their own; no environment variable can.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.env import AUTO
from recognition import packs
from recognition.engines.base import FaceEngine, License
from recognition.packs import contracts
from recognition.packs.engine_info import EngineInfo, best_pack, info_of_engine, info_of_pack
from recognition.runtimes.idle_release import Held


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
        self.choice: str | None = None


_process = _Process()


def _after_fork() -> None:
    """A child starts without an engine, for ONNX sessions do not survive a fork, and with a lock that nobody holds."""
    _process.lock, _process.engine, _process.contract_id = threading.RLock(), Held(), ""
    _process.asked, _process.choice = False, None


os.register_at_fork(after_in_child=_after_fork)


def get_engine() -> FaceEngine:
    """The engine in use, loaded at the first call, and again after MODEL_IDLE_SECONDS without one; one per process.

    Raises FacePassError 503: `model_not_installed`, `model_corrupt` or `model_gone`.
    """
    return _process.replacement or _process.engine.get(_loaded, idle_seconds=settings.ENV.model_idle_seconds)


def engine_in_use() -> EngineInfo:
    """The same choice without loading weights: its files are compared with their digests. Raises as `get_engine`."""
    if _replaced():
        return info_of_engine(get_engine())
    choice = _choice()
    packs.verify(packs.find(choice))
    return info_of_pack(choice)


def contract_in_use() -> str:
    """The contract id of the engine in use; empty where nothing describes as the active version did."""
    try:
        return engine_in_use().contract_id
    except FacePassError as refusal:
        if refusal.code != "model_gone":
            raise
        return ""


def configured() -> str:
    """The pack that the environment asks for, whatever is active: where `generate_descriptors` leads to.

    With FACE_PACK=auto that is the active version's own pack, in its newest state, as long as it is installed.
    """
    if _replaced():
        return get_engine().model
    if settings.ENV.wanted_pack != AUTO:
        return str(settings.ENV.wanted_pack)
    active = _active()
    own = active.model.removesuffix(packs.PREVIOUS) if active and active.engine in packs.PACK_ENGINES else ""
    return own if own and packs.is_installed(own) else best_pack()


def load(pack_name: str) -> FaceEngine:
    """An engine of its own, beside the one in use. Raises as `get_engine` does."""
    if _replaced() and pack_name == configured():
        return get_engine()
    from recognition.engines.pack_engine import PackEngine  # noqa: PLC0415 - imports onnxruntime

    return PackEngine(packs.find(pack_name))


def with_contract(contract_id: str) -> str | None:
    """The model on this machine whose descriptors may be compared with those of that contract."""
    return next((info.model for info in installed_models() if info.contract_id == contract_id), None)


def would_serve(active: Active) -> bool:
    """Whether the environment lets the engine of that version be used, were it the active one."""
    return _replaced() or (active.engine in packs.PACK_ENGINES and _wants(active))


def switched_since(active_pk: UUID) -> bool:
    """Whether another version was active when this process chose its engine."""
    seen = _process.active.pk if _process.active else None
    return _process.asked and not _replaced() and seen != active_pk


def ask_again() -> None:
    """For the supervisor, which loads no engine itself: from now on the version that is active now.

    Whether anything here describes as that version does, its children say.
    """
    _process.asked, _process.choice = False, None
    _active()


def installed_models() -> list[EngineInfo]:
    """Everything on this machine, the one in use marked, damaged packs with their `problem`."""
    found = [_info_or_problem(name) for name in packs.installed()]
    if _replaced():
        found.append(info_of_engine(get_engine()))
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
    if before and _contract_of(choice) != before:
        found = with_contract(before)
        if found is None:
            message = _("The files of %(model)s were replaced. Restart FacePass.") % {"model": choice}
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


def _choice() -> str:
    """Made once: a pack that is installed while this process runs does not change what its descriptors mean."""
    with _process.lock:
        if _process.choice is not None:
            return _process.choice
        active = _active()
        choice = _serving(active) if active and _wants(active) else configured()
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


def _wants(active: Active) -> bool:
    """Whether FACE_PACK leaves the choice to that version."""
    return settings.ENV.wanted_pack in (AUTO, active.model)


def _serving(active: Active) -> str:
    """The pack that describes as the active version does. Raises FacePassError 503 `model_gone` where none does.

    Where its pack is missing or damaged, the name of that pack: the next step says so.
    """
    for name in (active.model, *packs.installed()):
        if _contract_of(name) == active.contract_id:
            return name
    if active.engine in packs.PACK_ENGINES and not _contract_of(active.model):
        return active.model
    message = _(
        "%(engine)s %(model)s described the faces, and this version of FacePass does not describe them so any more. "
        "Photos and people can be seen; searches and new photos wait until this has run: manage.py generate_descriptors"
    )
    values = {"engine": active.engine, "model": active.model}
    raise FacePassError("model_gone", message % values, status=503, details=values)


def _contract_of(pack_name: str) -> str:
    """Empty where the pack is missing or damaged."""
    try:
        return contracts.of_pack(packs.find(pack_name))
    except FacePassError:
        return ""


def _in_use(model: str) -> bool:
    try:
        return not _replaced() and _choice() == model
    except FacePassError:
        return False


def _info_or_problem(name: str) -> EngineInfo:
    try:
        found = info_of_pack(name)
    except FacePassError as error:
        nobody = License("", commercial=False)
        return EngineInfo(packs.ENGINE, name, nobody, "", False, (), _in_use(name), error.message)
    return replace(found, in_use=_in_use(name))
