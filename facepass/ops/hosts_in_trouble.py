"""What is wrong with the hosts on which FacePass runs, from what each of them says of itself."""

from datetime import datetime, timedelta
from typing import TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

import facepass
from facepass.core.work.chores import HOSTS_KEPT
from facepass.models import Host
from facepass.models.work import HOST_SECONDS

# A worker takes a call every few seconds, but for the longest task that there is (`settings.TASK_SECONDS`).
STALLED_AFTER = timedelta(minutes=15)


class HostState(TypedDict):
    """`problems`: in words, in the language in use; none where all is well."""

    name: str
    version: str
    workers: int
    seen_at: str
    problems: list[str]


def list_hosts() -> list[HostState]:
    """Return the hosts of the last day, by name."""
    now = timezone.now()
    hosts = Host.objects.filter(seen_at__gt=now - HOSTS_KEPT).order_by("name")
    return [
        HostState(
            name=host.name,
            version=host.version,
            workers=host.workers,
            seen_at=host.seen_at.isoformat(),
            problems=_list_problems(host, now),
        )
        for host in hosts
    ]


def _list_problems(host: Host, now: datetime) -> list[str]:
    if host.seen_at <= now - HOST_SECONDS:
        return [_("It has given no sign of life since %(moment)s.") % {"moment": host.seen_at.strftime("%H:%M")}]
    ends_again = _("%(process)s ends again and again (%(reason)s).")
    problems = [ends_again % {"process": process, "reason": reason} for process, reason in host.down.items()]
    last = host.worked_at or host.started_at
    if host.workers and last < now - STALLED_AFTER:
        problems.append(_("Its workers take no work."))
    if host.version != facepass.__version__:
        problems.append(_("It runs version %(version)s.") % {"version": host.version})
    return problems
