"""How many workers a machine gets, within the limits of a container."""

import os

import pytest

from facepass.core import machine


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """Writes limits of the own cgroup and of the one above it."""
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    monkeypatch.setattr(machine, "OWN_CGROUP", tmp_path / "own")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(16)))
    (tmp_path / "own").write_text("0::/slice/facepass\n")
    (tmp_path / "slice" / "facepass").mkdir(parents=True)

    def write(name, text, *, above=False):
        (tmp_path / "slice" / ("." if above else "facepass") / name).write_text(text)

    return write


@pytest.mark.parametrize(("text", "expected"), [("max 100000", 16), ("150000 100000", 1.5), ("400000 100000", 4)])
def test_a_quota_limits_the_cores(cgroup, text, expected):
    cgroup("cpu.max", text)
    assert machine.available_cores() == expected


def test_the_tightest_limit_of_all_levels_holds(cgroup):
    cgroup("cpu.max", "800000 100000")
    cgroup("cpu.max", "200000 100000", above=True)
    cgroup("memory.max", "max")
    cgroup("memory.max", "4000000000", above=True)
    assert machine.available_cores() == 2
    assert machine.available_memory_bytes() == min(
        4_000_000_000, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    )


@pytest.mark.parametrize(
    ("available", "used", "short"),
    [(500, (100, 0), False), (50, (100, 0), True), (500, (950, 0), True), (500, (950, 600), False)],
)
def test_memory_is_short_where_little_of_the_machines_or_of_a_cgroups_is_free(  # noqa: PLR0917 - a table
    cgroup, monkeypatch, tmp_path, available, used, short
):
    (tmp_path / "meminfo").write_text(f"MemTotal: 1000 kB\nMemAvailable: {available} kB\n")
    monkeypatch.setattr(machine, "MEMINFO", tmp_path / "meminfo")
    limits = {"max": "1000", "current": str(used[0]), "stat": f"anon 1\ninactive_file {used[1]}\n"}
    for name, value in limits.items():
        cgroup(f"memory.{name}", value)
    assert machine.is_memory_short() is short


def test_a_system_that_does_not_say_has_enough_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "MEMINFO", tmp_path / "none")
    assert not machine.is_memory_short()


def test_the_affinity_limits_the_cores_without_any_cgroup(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "OWN_CGROUP", tmp_path / "none")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3, 5})
    assert machine.available_cores() == 2


@pytest.mark.parametrize(
    ("cores", "gigabytes", "threads", "expected"),
    [(1, 64, 1, 1), (2, 64, 1, 2), (0.5, 64, 1, 1), (4, 64, 1, 3), (16, 64, 1, 15), (16, 4, 1, 2), (8, 64, 2, 3)],
)
def test_workers_fit_into_cores_and_memory(monkeypatch, cores, gigabytes, threads, expected):
    monkeypatch.setattr(machine, "available_cores", lambda: cores)
    monkeypatch.setattr(machine, "available_memory_bytes", lambda: gigabytes * 1_000_000_000)
    assert machine.recommended_workers(threads=threads) == expected


def test_the_cpu_is_named_with_what_it_can_do(monkeypatch, tmp_path):
    def cpu(flags: str) -> str:
        (tmp_path / "cpuinfo").write_text(
            f"processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: {flags}\n\nprocessor\t: 1\n"
        )
        monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
        return machine.cpu_signature()

    assert cpu("avx2").startswith("Some CPU (")
    assert cpu("avx2") != cpu("avx2 amx_bf16")
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "none")
    assert machine.cpu_signature()
