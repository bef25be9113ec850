"""Has the models in memory before this web process is ready, and keeps them there while guests may search.

A thread looks every minute whether an event is open to guests; where one is, and memory is not short, the models count
as used, and are loaded again if they had left (MODEL_IDLE_SECONDS). Workers load theirs before their first task.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from facepass.core import machine
from facepass.core.errors import FacePassError
from recognition.engines import registry, warm_up
from sessions_app.models import PhotoSession

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS, RETRY_SECONDS = 60.0, 2.0

_is_loading = False


def begin() -> None:
    """Load the models in a thread, which keeps them from then on."""
    global _is_loading  # noqa: PLW0603 - of the process
    _is_loading = True
    threading.Thread(target=_keep, name="models", daemon=True).start()


def is_loading() -> bool:
    """Return whether the models of this process are on their way into memory for the first time."""
    return _is_loading


def load_models() -> bool:
    """Load the models, or count them as used. Return False where the database was away: try again.

    That there are none to load is no failure here: readiness and searches say so.
    """
    try:
        registry.get_engine() if registry.is_loaded() else warm_up.load_models()
    except FacePassError as refusal:
        log.warning("the models are not loaded: %s", refusal.message)
    except (DatabaseError, InterfaceError):
        return False
    finally:
        connection.close()
    return True


def are_wanted() -> bool:
    """Return whether an event is open to guests, and memory is not short. Without the database nothing leaves."""
    if machine.is_memory_short():
        return False
    try:
        open_events = PhotoSession.objects.open_to_guests()
        return open_events.exclude(guest_rules__expires_at__lte=timezone.now()).exists()
    except (DatabaseError, InterfaceError):
        return True
    finally:
        connection.close()


def load_before_first_task(**_sent: object) -> None:
    """Receiver of django-q2's `post_spawn`: a worker has its models before it takes a task."""
    load_models()


def _keep() -> None:
    _load_first()
    while True:
        time.sleep(_pause())
        if are_wanted():
            load_models()


def _load_first() -> None:
    global _is_loading  # noqa: PLW0603 - of the process
    while not load_models():
        time.sleep(RETRY_SECONDS)
    _is_loading = False


def _pause() -> float:
    """Return how long until the next look: well within the time after which idle models leave."""
    idle = settings.ENV.model_idle_seconds
    return min(LONGEST_PAUSE_SECONDS, idle / 3) if idle else LONGEST_PAUSE_SECONDS
