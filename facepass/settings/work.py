"""The workers and their queue."""

from django.utils.translation import gettext_lazy as _

from facepass.core import machine
from facepass.settings.base import ENV

# The photo's row is the job; a task is a wake-up call (see galleries/tasks.py). One worker per cluster process and no
# prefetch, so that `retry` can never run a task that is still waiting in a prefetch queue a second time.
WORKERS = ENV.workers or machine.recommended_workers(threads=ENV.inference_threads)
ANALYSIS_LEASE_SECONDS = ENV.analysis_lease_seconds
TRASH_DAYS = ENV.trash_days
# The queue lets a task run so long.
TASK_SECONDS = 600
Q_CLUSTER = {
    "name": "facepass",
    "orm": "default",
    "cache": "queue_status",
    "workers": 1,
    "queue_limit": 1,
    "bulk": 1,
    "timeout": TASK_SECONDS,
    "retry": 1500,
    "max_attempts": 3,
    "recycle": 200,
    "max_rss": 1_500_000,
    "poll": 0.5,
    "guard_cycle": 0.5,
    "catch_up": False,
    "scheduler": False,
    "save_limit": 200,
    "label": _("Jobs"),
    "log_level": "WARNING",
}
