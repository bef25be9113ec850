"""The workers and their queue."""

from django.utils.translation import gettext_lazy as _

from facepass.core import machine
from facepass.settings.base import ENV, PUBLIC_URL

# The photo's row is the job; a task is a wake-up call (see galleries/tasks.py). One worker per cluster process and no
# prefetch, so that `retry` can never run a task that is still waiting in a prefetch queue a second time.
WORKERS = machine.recommended_workers(threads=ENV.inference_threads) if ENV.workers is None else ENV.workers
WEB_PROCESSES = ENV.web_processes or machine.recommended_web_processes(workers=WORKERS)
# Behind a proxy, how long the web server goes on answering after it is asked to stop, so that the proxy can turn away.
DRAIN_SECONDS = (5 if PUBLIC_URL.startswith("https://") else 0) if ENV.drain_seconds is None else ENV.drain_seconds
ANALYSIS_LEASE_SECONDS = ENV.analysis_lease_seconds
# How often the figures of the installation are counted for /metrics; 0: at each scrape.
METRICS_SECONDS = 5.0
TRASH_DAYS = ENV.trash_days
CONSENT_RECORD_DAYS = ENV.consent_record_days
AUDIT_DAYS = ENV.audit_days
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
