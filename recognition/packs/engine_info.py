"""What can be said of engines and packs without loading weights, and which of the installed packs is the best."""

from dataclasses import dataclass

from facepass.core.errors import FacePassError
from recognition import calibration, packs
from recognition.engines.base import FaceEngine, License
from recognition.packs import ModelFile, catalogue, contracts


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What can be said of an engine without loading its weights.

    `parts`: the files that it loads. `calibrated`: its similarity scale was measured. `problem`: why not usable.
    """

    name: str
    model: str
    license: License
    contract_id: str
    calibrated: bool
    parts: tuple[ModelFile, ...]
    in_use: bool
    problem: str = ""


def info_of_pack(pack_name: str) -> EngineInfo:
    """Return what is said of an installed pack. Raises FacePassError 503 as `packs.find` does."""
    pack = packs.find(pack_name)
    return EngineInfo(
        name=packs.ENGINE,
        model=pack.name,
        license=pack.license,
        contract_id=contracts.of_pack(pack),
        calibrated=calibration.shipped(contracts.recogniser_of_pack(pack)).calibrated,
        parts=pack.parts,
        in_use=True,
    )


def info_of_engine(engine: FaceEngine) -> EngineInfo:
    return EngineInfo(
        name=engine.name,
        model=engine.model,
        license=engine.license,
        contract_id=engine.contract_id,
        calibrated=engine.calibration.calibrated,
        parts=(),
        in_use=True,
    )


def best_pack() -> str:
    """The best installed pack that may be used commercially, else the best, else the one that `make` installs."""
    usable = [info for info in map(_about, packs.installed()) if info is not None]
    usable.sort(key=lambda pack: (not pack.license.commercial, *catalogue.preference(pack.model), pack.model))
    return usable[0].model if usable else catalogue.DEFAULT


def _about(pack_name: str) -> EngineInfo | None:
    """What `info_of_pack` says, but nothing of a damaged pack."""
    try:
        return info_of_pack(pack_name)
    except FacePassError:
        return None
