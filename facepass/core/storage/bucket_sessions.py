"""Sessions of boto3 that share what botocore knows of its services."""

from functools import cache
from pathlib import Path

import boto3
import botocore.session
from botocore.loaders import Loader


class _SharedLoader(Loader):  # type: ignore[misc] # without types
    """Finds and keeps the descriptions of services for all sessions of a process.

    By itself each session reads them again, which takes 50 ms of processor time, and every thread that opens a bucket
    has a session.
    """

    @property
    def search_paths(self) -> list[str]:
        """Return a copy of the folders; each session of boto3 appends its own, which is there already."""
        return [*self._search_paths]


@cache
def _load_once() -> Loader:
    return _SharedLoader(extra_search_paths=[str(Path(boto3.__file__).parent / "data")])


def open_session(**credentials: str | None) -> boto3.Session:
    """Return a new session, for one thread. `credentials`: as of boto3's Session; without, as boto3 finds them."""
    core = botocore.session.get_session()
    core.register_component("data_loader", _load_once())
    return boto3.Session(botocore_session=core, **credentials)
