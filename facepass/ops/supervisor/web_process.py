"""The web server process: `python -m facepass.ops.supervisor.web_process FD`, where FD is an open listening socket."""

import asyncio
import gc
import os
import socket
import sys
from types import FrameType

import uvicorn
from django.conf import settings

from facepass.core.database import answer_watch
from facepass.ops import draining
from facepass.ops.supervisor import http_connections

GRACE_SECONDS = 10
# A page makes some ten thousand objects, and Python would look for cycles after every 700: 6 % of a search's time
# (benchmarks/guests.py, 20 at once).
GC_THRESHOLDS = (20_000, 20, 20)


def main(fd: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
    believed = settings.ENV.forwarded_allow_ips
    behind_proxy = settings.TRUSTED_PROXIES > 0 or bool(believed)
    config = uvicorn.Config(
        "facepass.asgi:application",
        http=http_connections.protocol_class(by_address=not behind_proxy),
        limit_concurrency=http_connections.raise_file_limit(),
        lifespan="off",
        log_level="warning",
        access_log=False,  # paths of guest pages are secrets
        server_header=False,
        # Any client can write these headers: the operator names the proxies that are believed.
        proxy_headers=bool(believed),
        forwarded_allow_ips=believed or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    config.load()
    gc.freeze()  # code that is loaded now is never garbage, and to look through it stops every request for 0.1 s
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()
    answer_watch.begin()
    _keep_models()
    DrainingServer(config).run(sockets=[socket.socket(fileno=fd)])


def _keep_models() -> None:
    from facepass.ops import model_keeper  # noqa: PLC0415 - its models may be imported only after Django's set-up

    model_keeper.begin()


class DrainingServer(uvicorn.Server):
    """uvicorn's server. Asked to stop, it answers for DRAIN_SECONDS more; asked again, it stops at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if settings.DRAIN_SECONDS and not draining.is_under_way():
            draining.begin()
            loop = asyncio.get_running_loop()
            loop.call_later(settings.DRAIN_SECONDS, super().handle_exit, sig, frame)
            return
        super().handle_exit(sig, frame)


if __name__ == "__main__":
    gc.disable()  # while everything is imported nothing becomes garbage
    main(int(sys.argv[1]))
