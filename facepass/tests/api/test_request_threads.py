"""Requests are answered in threads that are kept, one request in each at a time."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async

from facepass.core.requests.request_bodies import RequestThreads


async def name_thread(threads, meeting=None):
    async with threads.borrow():
        if meeting is not None:
            await sync_to_async(meeting.wait)()
        first = await sync_to_async(threading.get_ident)()
        assert await sync_to_async(threading.get_ident)() == first
        return first


def test_the_next_request_has_the_thread_of_the_last():
    async def ask():
        threads = RequestThreads()
        return {await name_thread(threads) for _ in range(5)}

    assert len(asyncio.run(ask())) == 1


def test_requests_at_once_have_threads_of_their_own_and_not_all_are_kept(monkeypatch):
    monkeypatch.setattr(RequestThreads, "MOST_IDLE", 2)

    async def ask():
        threads, meeting = RequestThreads(), threading.Barrier(4)
        found = await asyncio.gather(*(name_thread(threads, meeting) for _ in range(4)))
        return found, len(threads._idle)

    found, kept = asyncio.run(ask())
    assert len(set(found)) == 4
    assert kept == 2


def test_a_thread_is_given_back_after_an_error():
    async def ask():
        threads = RequestThreads()
        with pytest.raises(ZeroDivisionError):
            async with threads.borrow():
                _ = 1 / 0
        return len(threads._idle)

    assert asyncio.run(ask()) == 1
