"""Which engine this process uses. Nothing switches to another one in silence.

The model version that is active in the database decides: the pack with its contract id describes new photos and
probes, and installing or updating a pack changes nothing before `manage.py generate_descriptors` has switched. Without
an active version `FACE_PACK=auto` takes the best installed pack that may be used commercially, else the best there is;
where FACE_PACK names a pack, that one is used. A process chooses once, so its engine never changes while it runs. The
choice shows at start-up, in health and in the admin (`engine_in_use`).

Where no installed pack describes as the active version did (its engine was removed, or an update of FacePass describes
otherwise), there is no engine until `generate_descriptors` has run: stored faces can be compared with each other, but
new pictures cannot.

Where another TEMPLATE_KEY protects the active version's descriptors, there is no engine either: what it described could
not be compared with them, and a search would find nobody as if nobody were there.

Tests put another engine in its place with `use_engine(...)`, or with the Django setting FACE_ENGINE_CLASS in a settings
module of their own; no environment variable can.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from facepass.core.errors import RETRY_AFTER_SECONDS, FacePassError
from facepass.env import AUTO
from recognition.engines.base import FaceEngine
from recognition.engines.engine_info import EngineInfo, find_best_pack
from recognition.models import ModelVersion
from recognition.packs import contracts, installed
from recognition.packs.licenses import License
from recognition.protected_templates import template_key_id
from recognition.runtimes.idle_release import IdleReleased

# Codes of refusals with which everything goes on but searches and new photos: stored faces can be compared.
NOTHING_COMPARABLE = frozenset({"model_gone", "template_key_changed"})


class _Process:
    """The engine of this process, and what the database said when the engine was chosen.

    `pack_name`: the choice, None before it is made. `contract_id`: of the engine that was loaded, also after it was
    released; empty before. `replacement`: a test's engine.
    """

    def __init__(self) -> None:
        self.replacement: FaceEngine | None = None
        self.active: ModelVersion | None = None
        self.reset()

    def reset(self) -> None:
        self.lock = threading.RLock()
        self.engine: IdleReleased[FaceEngine] = IdleReleased()
        self.contract_id = ""
        self.forget_choice()

    def forget_choice(self) -> None:
        self.has_read_active = False
        self.pack_name: str | None = None


_process = _Process()


def _reset_after_fork() -> None:
    # ONNX sessions do not survive a fork, and the parent's lock may be held by a thread that the child does not have.
    _process.reset()


os.register_at_fork(after_in_child=_reset_after_fork)


def get_engine() -> FaceEngine:
    """Return the engine in use, loaded at the first call, and again after MODEL_IDLE_SECONDS without one.

    Raise FacePassError 503: `model_not_installed`, `model_corrupt`, `model_gone` or `template_key_changed`.
    """
    return _process.replacement or _process.engine.get(_load_chosen, idle_seconds=settings.ENV.model_idle_seconds)


def is_loaded() -> bool:
    """Return whether this process holds the engine in memory."""
    return _process.replacement is not None or _process.engine.is_loaded


def engine_in_use() -> EngineInfo:
    """Return what describes the engine in use, without loading weights. Raise as `get_engine` does.

    Its files are compared with their digests.
    """
    if _is_replaced():
        return EngineInfo.for_engine(get_engine())
    pack_name = _chosen_pack()
    installed.verify_pack(installed.find_pack(pack_name))
    return EngineInfo.for_pack(pack_name)


def contract_in_use() -> str:
    """Return the contract id of the engine in use; empty where nothing describes as the active version did."""
    try:
        return engine_in_use().contract_id
    except FacePassError as refusal:
        if refusal.code not in NOTHING_COMPARABLE:
            raise
        return ""


def configured_pack() -> str:
    """Return the pack that the environment asks for, whatever is active: what `generate_descriptors` switches to.

    With FACE_PACK=auto that is the active version's own pack, in its newest state, as long as it is installed.
    """
    if _is_replaced():
        return get_engine().model
    if settings.ENV.wanted_pack != AUTO:
        return str(settings.ENV.wanted_pack)
    active = _read_active()
    own = active.model.removesuffix(installed.PREVIOUS) if active and active.engine in installed.PACK_ENGINES else ""
    return own if own and installed.is_installed(own) else find_best_pack()


def load_engine(pack_name: str) -> FaceEngine:
    """Return a new engine beside the one in use. Raise as `get_engine` does."""
    if _is_replaced() and pack_name == configured_pack():
        return get_engine()
    from recognition.engines.pack_engine import PackEngine  # noqa: PLC0415 - imports onnxruntime

    return PackEngine(installed.find_pack(pack_name))


def find_model_with_contract(contract_id: str) -> str | None:
    """Return the installed model whose descriptors may be compared with those of that contract."""
    return next((info.model for info in list_installed_models() if info.contract_id == contract_id), None)


def can_serve(version: ModelVersion) -> bool:
    """Return whether the environment lets that version's engine be used once the version is active."""
    return _is_replaced() or (version.engine in installed.PACK_ENGINES and _is_allowed(version))


def switched_since_start(active_pk: UUID) -> bool:
    """Return whether another version than `active_pk` was active when this process chose its engine."""
    at_start = _process.active.pk if _process.active else None
    return _process.has_read_active and not _is_replaced() and at_start != active_pk


def reread_active_version() -> None:
    """Go on with the version that is active now. For the supervisor, which loads no engine itself.

    Whether an installed pack describes as that version does is found out by its child processes.
    """
    _process.forget_choice()
    _read_active()


def list_installed_models() -> list[EngineInfo]:
    """Return every model on this machine, the one in use marked, damaged packs with their `problem`."""
    infos = [_info_or_problem(name) for name in installed.list_packs()]
    if _is_replaced():
        infos.append(EngineInfo.for_engine(get_engine()))
    return infos


@contextmanager
def use_engine(engine: FaceEngine) -> Iterator[FaceEngine]:
    """Put another engine in place within a test, in this process only."""
    before, _process.replacement = _process.replacement, engine
    try:
        yield engine
    finally:
        _process.replacement = before


def _load_chosen() -> FaceEngine:
    """Load the chosen engine; after a release the same one, even where its folder holds a newer pack by now."""
    if dotted := _class_in_settings():
        replacement: FaceEngine = import_string(dotted)()
        return replacement
    pack_name, before = _chosen_pack(), _process.contract_id
    if before and _contract_id(pack_name) != before:
        same_model = find_model_with_contract(before)
        if same_model is None:
            message = _("The files of %(model)s were replaced. Restart FacePass.") % {"model": pack_name}
            raise FacePassError("model_switched", message, status=503)
        pack_name = same_model
    engine = load_engine(pack_name)
    _process.contract_id = engine.contract_id
    return engine


def _is_replaced() -> bool:
    return _process.replacement is not None or bool(_class_in_settings())


def _class_in_settings() -> str:
    return str(getattr(settings, "FACE_ENGINE_CLASS", None) or "")


def _chosen_pack() -> str:
    """Return the name of the chosen pack. Raise FacePassError 503 `model_gone` and `template_key_changed`.

    The choice is made once: a pack that is installed later does not change what this process's descriptors mean. It is
    not kept while the database cannot be read.
    """
    with _process.lock:
        if _process.pack_name is not None:
            return _process.pack_name
        active = _read_active()
        if active and active.key_differs:
            raise _key_refusal(active)
        pack_name = _find_pack_serving(active) if active and _is_allowed(active) else configured_pack()
        if _process.has_read_active:
            _process.pack_name = pack_name
        return pack_name


def _read_active() -> ModelVersion | None:
    """Return the version that was active when the database was first read; None before the first migration."""
    if not _process.has_read_active:
        try:
            with transaction.atomic():  # a missing table or column must not break the caller's transaction
                _process.active = ModelVersion.objects.active()
        except (DatabaseError, InterfaceError):
            return None
        _process.has_read_active = True
    return _process.active


def _key_refusal(active: ModelVersion) -> FacePassError:
    message = _(
        "TEMPLATE_KEY is not the one that protects the stored faces (fingerprint %(stored)s, now %(present)s). "
        "Photos and people can be seen; searches and new photos wait until that key is put back, or this has run: "
        "manage.py generate_descriptors"
    )
    values = {"stored": active.template_key_id, "present": template_key_id()}
    return FacePassError(
        "template_key_changed", message % values, status=503, details=values, retry_after=RETRY_AFTER_SECONDS
    )


def _is_allowed(active: ModelVersion) -> bool:
    """Return whether FACE_PACK leaves the choice to that version."""
    return settings.ENV.wanted_pack in (AUTO, active.model)


def _find_pack_serving(active: ModelVersion) -> str:
    """Return the pack that describes as the active version does. Raise FacePassError 503 `model_gone` if none does."""
    for name in (active.model, *installed.list_packs()):
        if _contract_id(name) == active.contract_id:
            return name
    if active.engine in installed.PACK_ENGINES and not _contract_id(active.model):
        # Its pack is missing or damaged: whoever loads it gets the refusal that says so.
        return active.model
    message = _(
        "%(engine)s %(model)s described the faces, and this version of FacePass does not describe them so any more. "
        "Photos and people can be seen; searches and new photos wait until this has run: manage.py generate_descriptors"
    )
    values = {"engine": active.engine, "model": active.model}
    raise FacePassError("model_gone", message % values, status=503, details=values)


def _contract_id(pack_name: str) -> str:
    """Return the pack's contract id; empty where it is missing or damaged."""
    try:
        return contracts.compute_contract_id(installed.find_pack(pack_name))
    except FacePassError:
        return ""


def _is_in_use(model: str) -> bool:
    try:
        return not _is_replaced() and _chosen_pack() == model
    except FacePassError:
        return False


def _info_or_problem(pack_name: str) -> EngineInfo:
    try:
        info = EngineInfo.for_pack(pack_name)
    except FacePassError as error:
        unknown = License("", commercial=False)
        in_use = _is_in_use(pack_name)
        return EngineInfo(installed.ENGINE, pack_name, unknown, "", False, (), in_use, problem=error.message)
    return replace(info, in_use=_is_in_use(pack_name))
