"""REDIS_URL: live progress and the cache go through a real Redis."""

import shutil

import pytest

from facepass.testing.live import frozen, manage
from facepass.testing.servers.redis import RedisServer

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


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


def test_events_and_cache_go_through_redis(redis, empty_home):
    done = manage(empty_home, "shell", "--no-imports", "-c", SCRIPT, REDIS_URL=redis.url)
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
    with frozen(redis.pid):
        done = manage(empty_home, "shell", "--no-imports", "-c", WITHOUT, REDIS_URL=redis.url)
    assert "went on: nothing {} False" in done.stdout, done.stderr
    assert done.stderr.count("live progress pauses") == 1
