"""The loop that keeps everything running, and the order in which it ends."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from facepass.core.work.each_row import try_each_row
from facepass.ops.embedded import EmbeddedPostgres, EmbeddedPostgresError
from facepass.ops.supervisor.child import BACKOFF_SECONDS, Child, DeathCounter, describe_exit
from facepass.ops.supervisor.host_report import HostReport
from facepass.ops.supervisor.model_switch import ModelSwitchWatcher
from facepass.ops.supervisor.watchdog import Watchdog

ROUND_SECONDS = 0.2


@dataclass
class Supervisor:
    """Starts all processes, restarts those that end, and stops them in order.

    `demo` runs once, when `healthy` returns that the web server answers; its failure ends everything.
    """

    webs: Sequence[Child]
    workers: Sequence[Child]
    healthy: Callable[[], bool]
    report: Callable[[str], None]
    ready: str
    database: EmbeddedPostgres | None = None
    demo: Child | None = None
    close_listener: Callable[[], None] = lambda: None
    watchdog: Watchdog = field(default_factory=Watchdog)
    switch: ModelSwitchWatcher = field(default_factory=ModelSwitchWatcher)
    host: HostReport = field(default_factory=HostReport)
    database_deaths: DeathCounter = field(default_factory=DeathCounter)
    asked_to_stop: int = 0
    answered: bool = False

    def run(self) -> int:
        """Run until asked to stop, or until something cannot be kept running. Return the exit code."""
        with self._signals():
            try:
                return self._loop()
            finally:
                self._stop()

    def _loop(self) -> int:
        while not self.asked_to_stop:
            code = self._round()
            if code is not None:
                return code
            time.sleep(ROUND_SECONDS)
        return 0

    def _round(self) -> int | None:
        if not self._keep_database() or not all(self._keep(child) for child in (*self.webs, *self.workers)):
            return 1
        if not self.answered and self.healthy():
            self.answered = True
            self.report(self.ready)
            if self.demo is not None:
                self.demo.start()
        self.host.tell({child.name: child.last_reason for child in self.workers if child.is_down})
        if self.watchdog.is_stalled():
            self._restart_workers()
        if self.switch.has_switched():
            self._change_over()
        return self._demo_failure()

    def _keep(self, child: Child) -> bool:
        """Restart the child where it has ended. Return False where it cannot be kept running."""
        if (reason := child.reap()) is not None:
            if child.deaths.exceeds_limit and child.is_vital:
                self.report(f"{child.name} ended again ({reason}), too often to go on.")
                return False
            self.report(f"{child.name} ended ({reason}); {_next_start(child)}.")
            self.watchdog.forget_sent_beat()
        return self._start(child)

    def _start(self, child: Child) -> bool:
        """Start the child if it is due.

        Return False after too many failures; a single one is no reason to end the others.
        """
        try:
            child.start_if_due()
        except OSError as error:
            child.postpone()
            self.report(f"{child.name} can not be started ({error.strerror or type(error).__name__}).")
            return not (child.deaths.exceeds_limit and child.is_vital)
        return True

    def _keep_database(self) -> bool:
        if self.database is None:
            return True
        self.database.rotate_log()
        if self.database.is_running() and self.database.has_socket():
            return True
        self.database_deaths.record()
        reason = (
            "its socket was removed" if self.database.is_running() else describe_exit(self.database.returncode or 0)
        )
        if self.database_deaths.exceeds_limit:
            self.report(f"The database ended again ({reason}), too often to go on.")
            return False
        self.report(f"The database ended ({reason}); starting it again.")
        self.database.end()
        time.sleep(self.database_deaths.restart_delay)
        return self._start_database(self.database)

    def _start_database(self, database: EmbeddedPostgres) -> bool:
        try:
            database.start()
        except EmbeddedPostgresError as error:
            self.report(f"The database does not start: {error}")
            return False
        return True

    def _restart_workers(self) -> None:
        self.report("The workers do not take work from the queue; starting them again.")
        try_each_row(self.workers, lambda worker: worker.kill_for_restart(), task="restart of the workers")

    def _change_over(self) -> None:
        """Restart web server and workers in order, as when everything stops; requests wait meanwhile."""
        self.report("Another model describes the faces now; starting web server and workers again.")
        children = (*self.webs, *self.workers)
        try_each_row(children, lambda child: child.terminate(), task="change of the model")
        try_each_row(children, lambda child: child.wait(), task="change of the model")
        try_each_row(children, lambda child: child.kill_for_restart(), task="change of the model")

    def _demo_failure(self) -> int | None:
        if self.demo is None or self.demo.process is None:
            return None
        code = self.demo.process.poll()
        if code:
            self.report(f"The demo failed ({describe_exit(code)}).")
            return code if code > 0 else 128 - code
        return None

    def _stop(self) -> None:
        """Stop the web server first, so that nothing new comes in, and the database last.

        Each group stops in parallel. The web processes have the listening socket too, and close it when they have
        drained. Left open here, it would take connections for as long as the workers need, and answer none of them.
        """
        self.close_listener()
        for group in ([self.demo] if self.demo else [], self.webs, self.workers):
            try_each_row(group, lambda child: child.terminate(), task="stop")
            try_each_row(group, self._wait_for, task="stop")
        self.host.sign_off()
        if self.database is not None:
            self.database.stop()

    def _wait_for(self, child: Child) -> None:
        if not child.wait():
            self.report(f"{child.name} did not end in {child.grace:g} seconds and was killed.")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [(number, signal.signal(number, self._on_signal)) for number in signals]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Stop everything in order at the first signal; kill it at the second."""
        self.asked_to_stop += 1
        if self.asked_to_stop == 1:
            self.report("Stopping…")
        else:
            for child in (*self.webs, *self.workers, *([self.demo] if self.demo else [])):
                child.kill()


def _next_start(child: Child) -> str:
    return f"trying it again in {BACKOFF_SECONDS:g} s" if child.is_down else "starting it again"
