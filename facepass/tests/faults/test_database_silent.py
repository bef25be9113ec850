"""The database says nothing: it is frozen, or the network between drops everything. Nobody waits for it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests
from django.db import OperationalError, connection

from facepass.core.database import answer_watch, open_connections
from facepass.core.database.answer_watch import LOOK_EVERY_SECONDS, SILENT_SECONDS, AnswerWatch
from facepass.testing.live import frozen, start
from facepass.testing.waiting import eventually

LOOKS = round(SILENT_SECONDS / LOOK_EVERY_SECONDS)


def look(watch, times=LOOKS):
    for _look in range(times):
        watch.look()


def test_what_answers_late_is_not_silent_and_what_does_not_answer_is_cut_until_it_does():
    cuts = []
    watch = AnswerWatch(lambda: cuts.append("cut") or 1)
    watch.ask(lambda: look(watch, LOOKS - 1))
    look(watch, 1)
    assert (watch.is_silent, cuts) == (False, [])
    watch.ask(lambda: look(watch, 3 * LOOKS))
    assert (watch.is_silent, len(cuts)) == (True, 3)
    look(watch, 1)
    assert not watch.is_silent
    look(watch, 3 * LOOKS)  # nobody asks
    assert (watch.is_silent, len(cuts)) == (False, 3)


def test_a_question_that_fails_is_no_answer():
    watch = AnswerWatch(lambda: 0)
    with pytest.raises(ZeroDivisionError):
        watch.ask(lambda: 1 / 0)
    look(watch)
    assert watch.is_silent
    watch.note_answer()
    look(watch, 1)
    assert not watch.is_silent


@pytest.mark.parametrize(
    ("address", "is_gone"),
    [
        ({"host": "127.0.0.1", "port": 1}, True),
        ({"host": "/nowhere"}, True),
        ({"dbname": "no_such_database"}, False),
        ({"password": "wrong"}, False),
    ],
)
def test_a_server_that_refuses_by_a_word_of_its_own_is_not_gone(db, address, is_gone):
    parameters = connection.get_connection_params()
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(**{**parameters, **address})
    assert answer_watch.is_gone(refused.value) == is_gone


def test_new_connections_are_refused_while_it_is_silent(monkeypatch, db):
    monkeypatch.setattr(answer_watch._watch, "is_silent", True)
    with pytest.raises(OperationalError, match="silent"):
        connection.copy().connect()


def test_whoever_waits_for_an_answer_is_freed_and_the_rest_of_the_process_left_alone(db, monkeypatch):
    parameters = connection.get_connection_params()
    refused, is_waiting = [], threading.Event()

    def wait():
        with psycopg.connect(**parameters) as waiting:
            open_connections.add(waiting)
            is_waiting.set()
            with pytest.raises(psycopg.OperationalError):
                waiting.execute("SELECT pg_sleep(600)")
            refused.append(waiting.closed)

    monkeypatch.setattr(open_connections, "_open", type(open_connections._open)())
    thread = threading.Thread(target=wait)
    thread.start()
    is_waiting.wait()
    assert open_connections.cut_all() == 1
    thread.join()
    assert refused == [True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert open_connections.cut_all() == 0, "it was closed, and its socket may be another's"


def test_every_connection_of_django_can_be_cut(db):
    other = connection.copy()
    other.connect()
    try:
        assert other.connection in open_connections._open
    finally:
        other.close()


def count_threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.mark.live
def test_requests_get_503_do_not_pile_up_and_are_served_when_it_answers_again(live_home):
    live = start(live_home, WORKERS="0")
    try:
        (web,), (server,) = live.children("supervisor.web"), live.children("bin/postgres")
        eventually(lambda: requests.get(f"{live.url}/health/ready", timeout=300).status_code == 200)
        with frozen(server):
            paths = ["/s/no-such-event/", "/health/ready"] * 15
            with ThreadPoolExecutor(len(paths)) as guests:
                answers = list(guests.map(lambda path: requests.get(f"{live.url}{path}", timeout=300), paths))
            assert {answer.status_code for answer in answers} == {503}
            assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
            assert all("<h1" in answer.text for answer in answers if "/s/" in answer.url)
            before = count_threads(web)
            for _time in range(10):
                assert requests.get(f"{live.url}/s/no-such-event/", timeout=300).status_code == 503
            assert count_threads(web) <= before
            assert requests.get(f"{live.url}/health", timeout=300).status_code == 200
        eventually(lambda: requests.get(f"{live.url}/health/ready", timeout=300).status_code == 200)
        assert requests.get(f"{live.url}/s/no-such-event/", timeout=300).status_code == 404
    finally:
        live.stop()
