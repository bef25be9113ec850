"""REDIS_URL: live progress and the cache go through a real Redis."""

import shutil
import signal
import socket
import subprocess

import pytest

from facepass.testing.live import manage
from facepass.testing.waiting import eventually

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed")

SCRIPT = """
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from facepass.core.live import progress

layer = get_channel_layer()
async def main():
    channel = await layer.new_channel()
    await layer.group_add("gallery.1", channel)
    await layer.group_send("gallery.1", {"type": "gallery.progress", "n": 1})
    return await layer.receive(channel)

cache.set("greeting", "hello")
print(type(layer).__name__, type(cache._connections["default"]).__name__, async_to_sync(main)(), cache.get("greeting"))
progress.publish_event("gallery.1", {"type": "gallery.progress", "n": 2})
"""


class Address(str):
    """The address of a Redis, with its process."""

    process: subprocess.Popen[bytes]

    def __new__(cls, text: str, process: subprocess.Popen[bytes]) -> "Address":
        address = super().__new__(cls, text)
        address.process = process
        return address


@pytest.fixture
def redis(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    eventually(lambda: answers(port))
    yield Address(f"redis://127.0.0.1:{port}/0", server)
    server.terminate()
    server.wait(300)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_events_and_cache_go_through_redis(redis, empty_home):
    done = manage(empty_home, "shell", "--no-imports", "-c", SCRIPT, REDIS_URL=redis)
    assert done.returncode == 0, done.stderr
    assert "RedisPubSubChannelLayer RedisHintCache" in done.stdout
    assert "{'type': 'gallery.progress', 'n': 1} hello" in done.stdout


WITHOUT = """
from django.core.cache import cache
from facepass.core.live import progress

for _time in range(100):
    progress.publish_event("gallery.1", {"type": "gallery.progress"})
cache.set("greeting", "hello")
print("went on:", cache.get("greeting", "nothing"), cache.get_many(["greeting"]), cache.add("greeting", "hello"))
"""


def test_a_redis_that_is_gone_costs_the_events_only(empty_home):
    done = manage(empty_home, "shell", "--no-imports", "-c", WITHOUT, REDIS_URL="redis://127.0.0.1:1/0")
    assert "went on: nothing {} False" in done.stdout, done.stderr


def test_a_redis_that_does_not_answer_is_asked_once_for_many_events(redis, empty_home):
    """Frozen, it takes connections and says nothing: the work goes on after the one wait of the first event."""
    redis.process.send_signal(signal.SIGSTOP)
    done = manage(empty_home, "shell", "--no-imports", "-c", WITHOUT, REDIS_URL=redis)
    redis.process.send_signal(signal.SIGCONT)
    assert "went on: nothing {} False" in done.stdout, done.stderr
    assert done.stderr.count("live progress pauses") == 1
