"""One supervised process."""

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from facepass.core.private_files import PRIVATE_UMASK
from facepass.ops.embedded.die_with_parent import die_with_parent

MAX_DEATHS = 5
WITHIN_SECONDS = 60.0
LONGEST_PAUSE = 8.0
# Between the tries of what ends again and again, while the rest goes on.
BACKOFF_SECONDS = 60.0


@dataclass
class DeathCounter:
    """Counts how often something died within the last minute, and from that how long to wait before the next start."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_DEATHS))

    def record(self) -> None:
        self.times.append(time.monotonic())

    @property
    def exceeds_limit(self) -> bool:
        return len(self.times) == MAX_DEATHS and self.times[-1] - self.times[0] < WITHIN_SECONDS

    @property
    def restart_delay(self) -> float:
        """Seconds to wait before the next start: none after a first death, then more each time."""
        if self.exceeds_limit:
            return BACKOFF_SECONDS
        recent = sum(time.monotonic() - at < WITHIN_SECONDS for at in self.times)
        return 0.0 if recent <= 1 else min(0.5 * 2 ** (recent - 2), LONGEST_PAUSE)


@dataclass
class Child:
    """A command that should always be running. Users read its `name`.

    `is_vital`: without it there is no point in going on, so that whatever started us should know.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    grace: float
    pass_fds: Sequence[int] = ()
    is_vital: bool = False
    deaths: DeathCounter = field(default_factory=DeathCounter)
    last_reason: str = ""
    process: subprocess.Popen[bytes] | None = None
    due: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            pass_fds=self.pass_fds,
            umask=PRIVATE_UMASK,
            # Away from the terminal: Ctrl-C reaches the supervisor only, which stops the children in order.
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one system call, nothing allocated
        )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def reap(self) -> str | None:
        """Return why the process ended, once for each death; None while it runs or waits for its next start."""
        if self.process is None or self.process.poll() is None:
            return None
        self.kill()  # what it started and left behind
        reason, self.process = describe_exit(self.process.returncode), None
        self.deaths.record()
        self.due = time.monotonic() + self.deaths.restart_delay
        self.last_reason = reason
        return reason

    @property
    def is_down(self) -> bool:
        """Whether it ended again and again and waits for its next start."""
        return self.process is None and self.deaths.exceeds_limit

    def start_if_due(self) -> None:
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def postpone(self) -> None:
        """Count a failed start as a death, and wait before the next one."""
        self.deaths.record()
        self.due = time.monotonic() + self.deaths.restart_delay

    def kill_for_restart(self) -> None:
        """Kill the process with everything it started, so that it is started anew at once.

        It does not count as a death.
        """
        self.kill()
        self.process, self.due = None, time.monotonic()

    def terminate(self) -> None:
        """Send SIGTERM to the process alone: sent to its group, it hangs django-q2's cluster (14 of 14 times)."""
        if self.is_running and self.process is not None:
            self.process.terminate()

    def wait(self) -> bool:
        """Return whether the process ended within its grace period. What is left of its group is killed in any case."""
        if self.process is None:
            return True
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.kill()
        return True

    def kill(self) -> None:
        """Kill the process with everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def describe_exit(returncode: int) -> str:
    """Return an exit status as text for users."""
    return f"exit code {returncode}" if returncode >= 0 else f"killed by {signal.Signals(-returncode).name}"
