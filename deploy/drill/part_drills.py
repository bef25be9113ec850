"""Each part is killed, frozen or cut off for a while under traffic on two hosts, and comes back by itself."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from measuring import FAULT_SECONDS, Finding, Measured, under_traffic
from stack import Stack

from facepass.testing import live
from facepass.testing.waiting import eventually

# What must go on without storage or Redis.
NEEDS_FILES = {"upload"}


def measure_fault(
    stack: Stack, name: str, conditions: str, fault: Callable[[], AbstractContextManager[object]]
) -> tuple[Finding, Measured]:
    """Let the part be away for FAULT_SECONDS."""
    finding = Finding(name, conditions)
    with under_traffic(stack, finding) as measured:
        with fault():
            time.sleep(FAULT_SECONDS)
        measured.end = time.monotonic()
    return finding, measured


def freeze_postgres(stack: Stack) -> Finding:
    pid = stack.database.pid
    assert pid is not None
    finding, _measured = measure_fault(stack, "PostgreSQL frozen", f"{FAULT_SECONDS:g} s", lambda: live.frozen(pid))
    expect_only_503(finding)
    return finding


def cut_off_postgres(stack: Stack) -> Finding:
    finding, _measured = measure_fault(
        stack, "network to PostgreSQL drops all", f"{FAULT_SECONDS:g} s", lambda: stack.to_database.fault("silent")
    )
    expect_only_503(finding)
    return finding


def kill_postgres(stack: Stack) -> Finding:
    finding = Finding("PostgreSQL killed", f"SIGKILL, away {FAULT_SECONDS:g} s")
    with under_traffic(stack, finding) as measured:
        assert stack.database.pid is not None
        os.kill(stack.database.pid, signal.SIGKILL)
        time.sleep(FAULT_SECONDS)
        stack.database.end()
        stack.database.start(owner="drill")
        measured.end = time.monotonic()
    expect_only_503(finding)
    return finding


def freeze_redis(stack: Stack) -> Finding:
    finding, _measured = measure_fault(
        stack, "Redis frozen", f"{FAULT_SECONDS:g} s", lambda: live.frozen(stack.redis.pid)
    )
    expect_no_failure(finding)
    return finding


def kill_redis(stack: Stack) -> Finding:
    finding = Finding("Redis killed", f"SIGKILL, away {FAULT_SECONDS:g} s")
    with under_traffic(stack, finding):
        stack.redis.end(signal.SIGKILL)
        time.sleep(FAULT_SECONDS)
        stack.redis.start()
    expect_no_failure(finding)
    return finding


def lose_bucket(stack: Stack) -> Finding:
    finding, _measured = measure_fault(
        stack, "bucket gone", f"connections refused for {FAULT_SECONDS:g} s", lambda: stack.to_bucket.fault("gone")
    )
    expect_files_only(finding)
    return finding


def silence_bucket(stack: Stack) -> Finding:
    finding, _measured = measure_fault(
        stack, "bucket silent", f"nothing passes for {FAULT_SECONDS:g} s", lambda: stack.to_bucket.fault("silent")
    )
    expect_files_only(finding)
    return finding


def break_bucket(stack: Stack) -> Finding:
    finding, _measured = measure_fault(
        stack, "bucket answers 503", f"for {FAULT_SECONDS:g} s", lambda: stack.to_bucket.fault("broken")
    )
    expect_files_only(finding)
    return finding


def kill_host(stack: Stack) -> Finding:
    finding = Finding("a host killed", f"SIGKILL to its supervisor, started again after {FAULT_SECONDS:g} s")
    host = stack.hosts[1]
    with under_traffic(stack, finding) as measured:
        host.stop(signal.SIGKILL)
        measured.end = time.monotonic()
        time.sleep(FAULT_SECONDS)
        host.start("--no-migrate")
    finding.expect(sum(finding.failed.values()) <= 5, "more than what was under way failed")
    return finding


def kill_web_process(stack: Stack) -> Finding:
    finding = Finding("a web process killed", "SIGKILL, three times; its supervisor starts it again")
    host = stack.hosts[0]
    assert host.running is not None
    with under_traffic(stack, finding) as measured:
        for _time in range(3):
            (web,) = eventually(lambda: host.running.children("supervisor.web"))
            os.kill(web, signal.SIGKILL)
            time.sleep(FAULT_SECONDS / 2)
        measured.end = time.monotonic() - FAULT_SECONDS / 2
    return finding


def kill_workers(stack: Stack) -> Finding:
    """Of both hosts, again and again, while photos come in."""
    finding = Finding("workers killed", "SIGKILL to each queue's processes on both hosts, four times within 12 s")
    with under_traffic(stack, finding):
        for _time in range(4):
            for host in stack.hosts:
                assert host.running is not None
                for cluster in host.running.children("qcluster"):
                    for pid in reversed([cluster, *live.list_descendants(cluster)]):
                        kill_if_there(pid)
            time.sleep(3)
    expect_no_failure(finding)
    return finding


def kill_if_there(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def restart_hosts(stack: Stack) -> Finding:
    """As an update does it: migrate, then host by host, each stopped and started with --no-migrate."""
    finding = Finding("rolling update", "manage.py migrate, then each host stopped by SIGTERM and started again")
    with under_traffic(stack, finding):
        migrated = stack.manage("migrate")
        finding.expect(migrated.returncode == 0, "migrate failed")
        for host in stack.hosts:
            host.stop()
            host.start("--no-migrate")
            eventually(lambda host=host: host.readiness()[0] == 200)
    expect_no_failure(finding)
    return finding


def reload_nginx(stack: Stack) -> Finding:
    finding = Finding("nginx reloaded", "SIGHUP, three times")
    with under_traffic(stack, finding):
        for _time in range(3):
            stack.nginx.send_signal(signal.SIGHUP)
            time.sleep(2)
    expect_no_failure(finding)
    return finding


def expect_only_503(finding: Finding) -> None:
    """Everybody is told to come again, within two seconds and what a busy machine adds."""
    finding.expect(not finding.failed, "something else than 503 with Retry-After")
    finding.expect(finding.told.total() > 0, "nobody noticed: the drill shows nothing")


def expect_no_failure(finding: Finding) -> None:
    finding.expect(not finding.failed and not finding.told, "something failed")


def expect_files_only(finding: Finding) -> None:
    finding.expect(not finding.failed, "something else than 503 with Retry-After")
    finding.expect(finding.told.keys() <= NEEDS_FILES, "more than uploads was refused")


DRILLS = {
    "postgres-frozen": freeze_postgres,
    "postgres-cut-off": cut_off_postgres,
    "postgres-killed": kill_postgres,
    "redis-frozen": freeze_redis,
    "redis-killed": kill_redis,
    "bucket-gone": lose_bucket,
    "bucket-silent": silence_bucket,
    "bucket-broken": break_bucket,
    "host-killed": kill_host,
    "web-killed": kill_web_process,
    "workers-killed": kill_workers,
    "nginx-reloaded": reload_nginx,
    "rolling-update": restart_hosts,
}
