"""What is done every so often: the ground floor throws away what is old, and the apps have chores of their own.

The workers' reconciler calls this every few seconds.
"""

from django.core.cache import cache
from django.utils import timezone
from django_q.tasks import async_task
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from facepass import idempotency, limits

EVERY_SECONDS = 600
_chores: dict[str, int] = {}


def register(task: str, *, every: int) -> None:
    """A function of the layers above, by its dotted name: a worker runs it as a task of its own, every so many seconds.
    To be called when the app is ready.
    """
    _chores[task] = every


def tidy() -> None:
    """Each at most once in its time, whichever worker comes first."""
    if cache.add("facepass.tidied", "yes", timeout=EVERY_SECONDS):
        limits.forget_empty()
        idempotency.forget_old()
        OutstandingToken.objects.filter(expires_at__lte=timezone.now()).delete()
    for task, every in _chores.items():
        if cache.add(f"facepass.chore.{task}", "yes", timeout=every):
            async_task(task, group="chores")
