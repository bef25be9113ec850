"""What the audit costs: a call that changes something with it and without, writers at once, sealing and verifying.

    python benchmarks/audit.py [CALLS] [ENTRIES]     500 20000

The embedded PostgreSQL. Writers at once: eight threads, each with transactions of 20 ms; beside them what a chain would
cost that is extended in the writer's own transaction, where each has to wait for the one before.
"""

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import own_home

WRITERS, EACH = 8, 20
MIDDLEWARE = "facepass.core.requests.audited_requests.AuditMiddleware"


def main() -> None:
    calls, entries = [int(number) for number in sys.argv[1:]] + [500, 20_000][len(sys.argv) - 1 :]
    with own_home.opened(None):
        from django.test import modify_settings, override_settings

        with override_settings(ALLOWED_HOSTS=["testserver"], RATE_LIMITS={}):
            with modify_settings(MIDDLEWARE={"remove": [MIDDLEWARE]}):
                report("a change by the API without it", time_calls(calls))
            report("a change by the API with it", time_calls(calls))
        print(f"{WRITERS} writers at once, each change 20 ms: {write_at_once(seals=False):.0f} a second")
        print(f"the same, in a chain that each extends itself: {write_at_once(seals=True):.0f} a second")
        measure_chain(entries)


def report(what: str, times: list[float]) -> None:
    print(f"{what}: median {1000 * statistics.median(times):.1f} ms", flush=True)


def time_calls(number: int) -> list[float]:
    """Return how long each of so many calls takes, which change a person's name."""
    from rest_framework.test import APIClient

    from facepass.models import ApiKey, Studio
    from galleries.models import Person

    studio = Studio.objects.create(name="Studio", slug=f"studio-{time.monotonic_ns()}")
    _key, token = ApiKey.issue(studio, name="app")
    person = Person.objects.create(studio=studio, real_name="Ann")
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    change = lambda n: client.patch(f"/api/v1/people/{person.pk}/", {"real_name": f"Ann {n}"}, format="json")  # noqa: E731
    assert change(0).status_code == 200
    return [timed(lambda n=n: change(n)) for n in range(number)]


def timed(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def write_at_once(*, seals: bool) -> float:
    """Return how many acts all writers together finish in a second."""
    with ThreadPoolExecutor(WRITERS) as writers:
        seconds = timed(lambda: list(writers.map(lambda _n: write(seals=seals), range(WRITERS))))
    return WRITERS * EACH / seconds


def write(*, seals: bool) -> None:
    from django.db import connection, transaction

    from facepass.core.audit import chain, entries
    from facepass.core.audit.acts import Act, Actor
    from facepass.core.audit.watching import watch
    from facepass.models import ActorKind, Studio

    for number in range(EACH):
        act = Act("POST /", lambda: Actor(ActorKind.USER, "1"), request_id="", address="")
        with transaction.atomic(), watch(act):
            Studio.objects.create(name="Studio", slug=f"{time.monotonic_ns()}-{number}")
            if seals:
                entries.finish(act, status=200)
                chain.seal_batch()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.02)")
        if not seals:
            entries.finish(act, status=200)
    connection.close()


def measure_chain(number: int) -> None:
    from django.utils import timezone

    from facepass.core.audit import chain
    from facepass.core.audit.entries import digest_of_row
    from facepass.models import ActorKind, AuditedRow, AuditEntry

    made = AuditEntry.objects.bulk_create(
        (AuditEntry(action="POST /", actor_kind=ActorKind.USER, finished_at=timezone.now()) for _n in range(number)),
        batch_size=1000,
    )
    rows = [AuditedRow(entry=entry, label="galleries.Person", key="1", after={"a": "b"}, salt="s") for entry in made]
    for row in rows:
        row.digest = digest_of_row(row)
    AuditedRow.objects.bulk_create(rows, batch_size=1000)
    seconds = timed(chain.seal_entries)
    print(f"sealing {number} entries: {seconds:.1f} s, {number / seconds:.0f} a second")
    print(f"verifying {number} entries: {timed(chain.verify):.1f} s")


if __name__ == "__main__":
    main()
