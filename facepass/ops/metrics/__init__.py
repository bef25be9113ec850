"""`/metrics` for Prometheus, in three parts.

What web processes count of their requests and searches is in their memory (`facepass.core.metrics`); those of one host
add up. What a host has (disk, Redis, model) is looked up at the scrape. What the whole installation has (photos,
workers, webhooks) is counted in the database at most every few seconds, however many hosts are scraped.

access.py        who may read                    requests.py   the middleware that counts answers
families.py      what there is, by name          host.py       disk, Redis, model, pool, processes
installation.py  figures, kept for all hosts     figures/      how each is counted
view.py          the path
"""

from facepass.ops.metrics.access import FORWARDED, may_read_metrics
from facepass.ops.metrics.requests import MetricsMiddleware
from facepass.ops.metrics.view import metrics

__all__ = ["FORWARDED", "MetricsMiddleware", "may_read_metrics", "metrics"]
