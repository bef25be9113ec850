"""What a drill found: how many asked, how many were turned away and how, when all was well again, what was lost."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stack import Stack
from traffic import Answer, Traffic

QUIET_SECONDS = 3.0
FAULT_SECONDS = 10.0


@dataclass
class Finding:
    """`recovery`: from the end of the fault to the end of the last answer that was not good; None where nothing was."""

    drill: str
    conditions: str = ""
    asked: int = 0
    told: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    slowest_told: float = 0.0
    slowest_good: float = 0.0
    recovery: float | None = None
    uploaded: int = 0
    lost: int = 0
    problems: list[str] = field(default_factory=list)

    def count(self, answers: list[Answer]) -> None:
        self.asked = len(answers)
        self.told = Counter(answer.kind for answer in answers if answer.is_told)
        bad = [answer for answer in answers if not answer.is_good and not answer.is_told]
        self.failed = Counter(f"{answer.kind} {answer.status or 'no answer'}" for answer in bad)
        self.slowest_told = max((answer.seconds for answer in answers if answer.is_told), default=0.0)
        self.slowest_good = max((answer.seconds for answer in answers if answer.is_good), default=0.0)

    def expect(self, what: bool, otherwise: str) -> None:
        if not what:
            self.problems.append(otherwise)


class Measured:
    """Traffic while something happens. `end` is set when the fault is over; by default it is when the block is."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.begun = time.monotonic()
        self.end: float | None = None


@contextmanager
def under_traffic(stack: Stack, finding: Finding) -> Iterator[Measured]:
    """Ask for a while, let happen what the block does, and go on until all is well; then count into the finding."""
    traffic = Traffic(stack.site)
    with traffic.running():
        now = time.monotonic()
        traffic.wait_until_well(since=now, after=now)
        time.sleep(QUIET_SECONDS)
        measured = Measured(traffic)
        yield measured
        over = measured.end or time.monotonic()
        last = traffic.wait_until_well(since=measured.begun, after=over)
        time.sleep(QUIET_SECONDS)
    finding.count(traffic.since(measured.begun))
    if finding.told or finding.failed:
        finding.recovery = max(0.0, last - over)
    finding.uploaded = len(traffic.uploaded)
    finding.lost = stack.wait_for_photos(traffic.uploaded)
    finding.expect(finding.lost == 0, f"{finding.lost} photos lost")


def print_table(findings: list[Finding]) -> None:
    """Print the findings as a table of Markdown."""
    print("| drill | asked | 503 with Retry-After | failed otherwise | slowest 503 | slowest good | well after"
          " | photos | lost | |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for each in findings:
        failed = ", ".join(f"{number} × {what}" for what, number in sorted(each.failed.items())) or "0"
        well = "–" if each.recovery is None else f"{each.recovery:.1f} s"
        told = "–" if not each.told.total() else f"{each.slowest_told:.1f} s"
        print(f"| {each.drill}: {each.conditions} | {each.asked} | {each.told.total()} | {failed} | {told}"
              f" | {each.slowest_good:.1f} s | {well} | {each.uploaded} | {each.lost}"
              f" | {'; '.join(each.problems) or 'holds'} |", flush=True)  # fmt: skip
