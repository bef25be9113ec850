"""The time of the cheap reads, as clients of a running server see it: validate, progress and lists.

    python benchmarks/api.py --base URL --key KEY [--clients 16] [--seconds 10]

The key needs the scopes `read` and `write`, and a limit that is not in the way (RATE_LIMIT_KEY_REQUESTS_PER_MINUTE). A
photo session, 60 galleries and 60 people are made for it and stay, so give it a server of its own.
"""

import argparse
import asyncio
import time
from uuid import uuid4

import httpx
import numpy as np

ROWS = 60


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    limits = httpx.Limits(max_connections=options.clients)
    headers = {"Authorization": f"Bearer {options.key}"}
    async with httpx.AsyncClient(base_url=options.base, headers=headers, limits=limits, timeout=60) as client:
        paths = await prepare(client)
        print(f"{options.clients} clients, {options.seconds:g} s each")
        print("| read | requests/s | p50 | p95 | p99 |\n|---|---|---|---|---|")
        for name, path in paths.items():
            await measure(client, path, clients=options.clients, seconds=min(1.0, options.seconds))  # warms up
            times = await measure(client, path, clients=options.clients, seconds=options.seconds)
            p50, p95, p99 = np.percentile(times, [50, 95, 99])
            print(f"| {name} | {len(times) / options.seconds:.0f} | {p50:.0f} ms | {p95:.0f} ms | {p99:.0f} ms |")


async def prepare(client: httpx.AsyncClient) -> dict[str, str]:
    """The rows that are read; by name, the path of each read."""
    session = await made(client, "sessions", name="Benchmark", facepass_enabled=True)
    for number in range(ROWS):
        gallery = await made(client, "galleries", title=f"Gallery {number}", session_id=session["id"])
    run = uuid4()
    rows = [{"external_id": f"{run}-{number}", "real_name": f"Person {number}"} for number in range(ROWS)]
    await made(client, "people/bulk", people=rows)
    return {
        "`sessions/validate/{id}`": f"/api/v1/sessions/validate/{session['id']}/",
        "`galleries/{id}/progress`": f"/api/v1/galleries/{gallery['id']}/progress/",
        "`galleries`, 50 of 60": "/api/v1/galleries/",
        "`people`, 50 of 60": "/api/v1/people/",
        "`images`, none": "/api/v1/images/",
    }


async def made(client: httpx.AsyncClient, path: str, **fields: object) -> dict[str, str]:
    answer = (await client.post(f"/api/v1/{path}/", json=fields)).raise_for_status()
    found: dict[str, str] = answer.json()
    return found


async def measure(client: httpx.AsyncClient, path: str, *, clients: int, seconds: float) -> list[float]:
    """Milliseconds of each request, while every client asks again as soon as it was answered."""
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def ask() -> None:
        while (started := time.perf_counter()) < until:
            (await client.get(path)).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(ask() for _client in range(clients)))
    return times


if __name__ == "__main__":
    asyncio.run(main())
