"""When a call is sent again, and after how long."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from facepass_client.calls import Call

# Before anything was sent.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Retries:
    """`attempts` in all. Who is asked to wait longer than `longest_wait` seconds is told so by an exception instead."""

    attempts: int = 3
    longest_wait: float = 30.0

    def wait_after_refusal(self, answer: httpx.Response, attempt: int) -> float | None:
        """Return the seconds to wait before the next attempt; None where there is none.

        Only a refusal that names a time is tried again: the server was busy (429, 503, 409) and did nothing.
        """
        said = read_retry_after(answer)
        if answer.status_code not in (409, 429, 503) or said is None or said > self.longest_wait:
            return None
        return said if attempt < self.attempts else None

    def wait_after_failure(self, call: Call, error: httpx.TransportError, attempt: int) -> float | None:
        """Return the seconds to wait after a broken connection; None where another attempt could do it twice."""
        again = call.may_be_repeated or isinstance(error, NOT_SENT)
        return min(self.longest_wait, 0.5 * 2 ** (attempt - 1)) if again and attempt < self.attempts else None


def read_retry_after(answer: httpx.Response) -> float | None:
    """Return the seconds that the answer says, as a number or a date; None where it says none."""
    said = answer.headers.get("Retry-After", "")
    if said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
