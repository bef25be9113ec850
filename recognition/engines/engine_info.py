"""What can be said of engines and packs without loading weights, and which installed pack is the best."""

from dataclasses import dataclass

from facepass.core.errors import FacePassError
from recognition import calibration
from recognition.engines.base import FaceEngine
from recognition.packs import catalogue, contracts, installed
from recognition.packs.installed import ModelFile
from recognition.packs.licenses import License


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine as it is described without loading its weights.

    `parts`: the files that it loads. `calibrated`: its similarity scale was measured. `problem`: why it is unusable,
    empty where it is not.
    """

    name: str
    model: str
    license: License
    contract_id: str
    calibrated: bool
    parts: tuple[ModelFile, ...]
    in_use: bool
    problem: str = ""

    @classmethod
    def for_pack(cls, pack_name: str) -> "EngineInfo":
        """Return the info of an installed pack, marked as in use. Raise FacePassError 503 as `find_pack` does."""
        pack = installed.find_pack(pack_name)
        return cls(
            name=installed.ENGINE,
            model=pack.name,
            license=pack.license,
            contract_id=contracts.compute_contract_id(pack),
            calibrated=calibration.load_calibration(contracts.calibration_key(pack)).calibrated,
            parts=pack.parts,
            in_use=True,
        )

    @classmethod
    def for_engine(cls, engine: FaceEngine) -> "EngineInfo":
        """Return the info of a loaded engine, marked as in use."""
        return cls(
            name=engine.name,
            model=engine.model,
            license=engine.license,
            contract_id=engine.contract_id,
            calibrated=engine.calibration.calibrated,
            parts=(),
            in_use=True,
        )


def find_best_pack() -> str:
    """Return the best installed pack that may be used commercially, else the best one, else the default pack."""
    usable = [info for info in map(_usable_info, installed.list_packs()) if info is not None]
    usable.sort(key=lambda info: (not info.license.commercial, *catalogue.preference_order(info.model), info.model))
    return usable[0].model if usable else catalogue.DEFAULT


def _usable_info(pack_name: str) -> EngineInfo | None:
    """Return the pack's info; None where it is damaged."""
    try:
        return EngineInfo.for_pack(pack_name)
    except FacePassError:
        return None
