"""django-q2's cluster, made to fail whole instead of standing still. One of these runs per worker."""

import multiprocessing
import os
from typing import Any

from django.core.management.base import BaseCommand
from django_q import cluster
from django_q.signals import post_spawn

from facepass.core import machine
from facepass.core.work import heartbeats
from facepass.ops import model_keeper
from facepass.ops.embedded.die_with_parent import kill_forks_with_parent

WORKER_DIED = 70


class Sentinel(cluster.Sentinel):
    """Ends with its worker where that was killed.

    An idle worker waits with the queue's lock in its hands. Kill it, and its successor waits for that lock for ever
    (3 of 3 times), while the cluster goes on to take tasks from the queue. A new cluster has a new queue.
    """

    def __init__(self, stop_event: Any, *rest: Any) -> None:
        heartbeats.stop_event = stop_event
        super().__init__(stop_event, *rest)

    def reincarnate(self, process: Any) -> None:
        if process.exitcode not in {None, 0}:
            for child in multiprocessing.active_children():
                child.kill()
            os._exit(WORKER_DIED)
        super().reincarnate(process)


class Command(BaseCommand):
    help = "Runs one worker for the queue (usually started by `up`)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        kill_forks_with_parent()
        machine.give_back_freed_memory()
        cluster.Sentinel = Sentinel
        post_spawn.connect(model_keeper.load_before_first_task)
        running = cluster.Cluster()
        running.start()
        sentinel = running.sentinel
        sentinel.join()
        if sentinel.exitcode:
            raise SystemExit(WORKER_DIED)
