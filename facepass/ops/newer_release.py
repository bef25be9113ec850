"""Whether a newer release of FacePass is out. Nobody is asked unless the operator names an address (UPDATE_CHECK_URL).

What it answered is kept in the cache: lost, it is asked for again the next day.
"""

import json
import logging

import requests
from django.conf import settings
from django.core.cache import cache
from packaging.version import InvalidVersion, Version

import facepass

log = logging.getLogger(__name__)

CACHE_KEY = "newest_release"
KEPT_SECONDS = 3 * 24 * 3600
SECONDS = 10
LONGEST_NAME = 50
LONGEST_ANSWER = 1_000_000


def ask() -> None:
    """Ask the address for the latest release, telling it this version and nothing else. A chore."""
    try:
        version = _fetch(settings.ENV.update_check_url)
    except (requests.RequestException, ValueError) as error:
        log.warning("UPDATE_CHECK_URL tells no version: %s", type(error).__name__)
        return
    cache.set(CACHE_KEY, str(version), KEPT_SECONDS)


def load_newer() -> str | None:
    """Return the version that is newer than this one; None where none is, or nobody was asked."""
    if not settings.ENV.update_check_url:
        return None
    known = cache.get(CACHE_KEY)
    return known if known and Version(known) > Version(facepass.__version__) else None


def _fetch(address: str) -> Version:
    """Raise ValueError for an answer that has no version, also for one that is too long to be read."""
    headers = {"User-Agent": f"FacePass/{facepass.__version__}", "Accept": "application/json"}
    with requests.get(address, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
        answer.raise_for_status()
        content: bytes = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    if len(content) > LONGEST_ANSWER:
        raise InvalidVersion("too long")
    return _read_version(content)


def _read_version(content: bytes) -> Version:
    told = json.loads(content)
    name = told.get("version") or told.get("tag_name") if isinstance(told, dict) else None
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise InvalidVersion("no version")
    return Version(name)
