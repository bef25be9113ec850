"""Notices that `generate_descriptors` has switched to another model, while what runs still uses the former one."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, close_old_connections

from facepass.core.errors import FacePassError

log = logging.getLogger(__name__)

EVERY_SECONDS = 3.0


def is_model_switched() -> bool:
    """Return whether the processes use another model than the active one, once for each switch."""
    from recognition.engines import registry  # noqa: PLC0415 - needs Django's registry
    from recognition.model_versions import refuse_if_switched  # noqa: PLC0415 - as above

    try:
        refuse_if_switched()
    except FacePassError as refusal:
        if refusal.code != "model_switched":
            return False  # a damaged model does not concern what has it loaded
        registry.reread_active_version()
        return True
    finally:
        close_old_connections()
    return False


@dataclass
class ModelSwitchWatcher:
    """Checks every few seconds whether another model was made the active one."""

    is_switched: Callable[[], bool] = is_model_switched
    clock: Callable[[], float] = time.monotonic
    next_look: float = 0.0

    def has_switched(self) -> bool:
        """Return True once for each switch. To be called often."""
        if self.clock() < self.next_look:
            return False
        self.next_look = self.clock() + EVERY_SECONDS
        try:
            return self.is_switched()
        except (OperationalError, InterfaceError) as error:
            log.warning("which model is in use is not known: %s", str(error).strip().splitlines()[0])
            return False
