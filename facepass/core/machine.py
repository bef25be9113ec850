"""The cores and the memory that this process may use, within the limits of a container."""

import ctypes
import hashlib
import os
import platform
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
CPUINFO = Path("/proc/cpuinfo")
MEMINFO = Path("/proc/meminfo")
OWN_CGROUP = Path("/proc/self/cgroup")
# What a worker needs with a large model pack and a large photo in hand.
WORKER_BYTES = 1_500_000_000
# glibc's mallopt: blocks from this size on have pages of their own.
M_MMAP_THRESHOLD, OWN_PAGES_BYTES = -3, 1 << 20
# Where less of the memory is free than this, what can be loaded again leaves it.
SHORT_SHARE = 0.1


def available_cores() -> float:
    """Return how many processor cores this process may use: those of its affinity, within the quotas of cgroup v2."""
    allowed = float(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else float(os.cpu_count() or 1)
    quotas = (line.split() for line in _cgroup_limits("cpu.max"))
    return min([allowed, *(int(quota[0]) / int(quota[1]) for quota in quotas if quota[0] != "max")])


def available_memory_bytes() -> int:
    """Return how much memory this process may use: the machine's, within the limits of cgroup v2."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([installed, *(int(limit) for limit in _cgroup_limits("memory.max") if limit != "max")])


def is_memory_short() -> bool:
    """Return whether less than SHORT_SHARE of the memory is free: of the machine's, or of what a cgroup allows."""
    try:
        machine = _read_numbers(MEMINFO, end=":")
        shares = [machine["MemAvailable"] / machine["MemTotal"], *map(_free_share, _cgroup_folders())]
    except (OSError, KeyError):
        return False  # another system, which does not say
    return min(shares) < SHORT_SHARE


def _free_share(cgroup: Path) -> float:
    """Return which share of a cgroup's limit is free. Pages of files that nobody uses count as free."""
    try:
        limit, used = (cgroup / "memory.max").read_text(), int((cgroup / "memory.current").read_text())
        files = _read_numbers(cgroup / "memory.stat").get("inactive_file", 0)
    except OSError:
        return 1.0
    return 1.0 if limit.strip() == "max" else 1 - (used - files) / int(limit)


def _read_numbers(path: Path, *, end: str = "") -> dict[str, int]:
    """Return the numbers of a file with a name and a number in each line."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0].removesuffix(end): int(words[1]) for words in lines if len(words) > 1}


def cpu_signature() -> str:
    """Return the processor's name with a digest of its instruction sets, of which virtual machines hide some."""
    try:
        lines = CPUINFO.read_text().split("\n\n")[0].splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {name.strip(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    flags = hashlib.sha256(facts.get("flags", facts.get("Features", "")).encode()).hexdigest()[:8]
    return f"{facts.get('model name', platform.machine())} ({flags})"


def recommended_workers(*, threads: int) -> int:
    """Return how many workers with that many threads keep the machine busy.

    With three cores or more, one is left to the web server. Each worker needs WORKER_BYTES of memory.
    """
    available = int(available_cores())
    by_cores = (available - 1 if available > 2 else available) // threads
    return max(1, min(by_cores, available_memory_bytes() // WORKER_BYTES))


def recommended_web_processes(*, workers: int) -> int:
    """Return how many processes should answer requests: one for each four cores, where beside so many workers there is
    memory for them.
    """
    by_memory = available_memory_bytes() // WORKER_BYTES - workers
    return max(1, min(int(available_cores()) // 4, by_memory))


def give_back_freed_memory() -> None:
    """Make this process and its forks return a picture's memory to the system as soon as it is freed.

    By default glibc raises its threshold after the first freed picture and keeps up to 32 MB on the heap, where smaller
    blocks then leave holes, so that a worker's memory swings and grows. Does nothing with other C libraries.
    """
    try:
        ctypes.CDLL("libc.so.6").mallopt(M_MMAP_THRESHOLD, OWN_PAGES_BYTES)
    except (OSError, AttributeError):
        return


def _cgroup_limits(name: str) -> Iterator[str]:
    """Yield the limit of that name of this process's cgroup and of each cgroup above it."""
    for folder in _cgroup_folders():
        try:
            text = (folder / name).read_text().strip()
        except OSError:
            continue  # the root has no limits, and cgroup v1 has other files
        if text:
            yield text


def _cgroup_folders() -> list[Path]:
    try:
        lines = OWN_CGROUP.read_text().splitlines()
    except OSError:
        return []
    own = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    inside = Path(own)
    return [CGROUPS / inside, *(CGROUPS / parent for parent in inside.parents)]
