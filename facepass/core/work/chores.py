"""Chores: what is done every so often. The workers' reconciler calls `enqueue_due_chores` every few seconds.

Apps register their chores when they are ready; the ground floor's own cleanups are below.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Failure
from django_q.tasks import async_task
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from facepass.core.access import rate_limits
from facepass.core.access.sign_in import sign_ins
from facepass.core.requests import idempotency
from facepass.core.work import heartbeats
from facepass.core.work.each_row import for_each_row
from facepass.models import Chore, Host, WorkLease

CLEANUP_SECONDS = 600
# What failed in the queue is kept so long; the queue itself keeps it for ever.
FAILURES_KEPT = timedelta(days=7)
# A host that went without a word is named for so long.
HOSTS_KEPT = timedelta(days=1)
_chores: dict[str, int] = {}


def register_chore(task: str, *, every: int) -> None:
    """Register a function, by its dotted name, as a task that a worker runs every so many seconds.

    Must be called from `AppConfig.ready`. The name is stored in `chores`: under a new name the chore is due at once.
    """
    _chores[task] = every


def enqueue_due_chores() -> None:
    """Enqueue each chore that is due, and run the cleanups where those are.

    Of several workers the first one does it.
    """
    for task, every in _chores.items():
        if Chore.objects.claim(f"facepass.chore.{task}", every=timedelta(seconds=every)):
            # Failed, it is due again in its time and not by the queue.
            async_task("facepass.core.work.chores.run_chore", task, group="chores", ack_failure=True)
    if Chore.objects.claim("facepass.tidied", every=timedelta(seconds=CLEANUP_SECONDS)):
        for_each_row(CLEANUPS, lambda forget: forget(), task="tidying")


def run_chore(task: str) -> None:
    """Run one chore.

    Some take long, such as e-mail to many guests, so the worker holds a lease that the watchdog sees.
    """
    with heartbeats.hold_work_lease(task):
        import_string(task)()


def _delete_expired_tokens() -> None:
    """Those that no host takes any more: with its row, what says that a token was spent is gone."""
    OutstandingToken.objects.filter(expires_at__lte=timezone.now() - 2 * api_settings.LEEWAY).delete()


def _delete_old_failures() -> None:
    Failure.objects.filter(stopped__lt=timezone.now() - FAILURES_KEPT).delete()


def _forget_gone_hosts() -> None:
    Host.objects.filter(seen_at__lt=timezone.now() - HOSTS_KEPT).delete()


CLEANUPS = (
    _forget_gone_hosts,
    rate_limits.delete_empty_buckets,
    idempotency.delete_old_answers,
    WorkLease.objects.discard_old,
    _delete_expired_tokens,
    _delete_old_failures,
    sign_ins.delete_over,
)
