"""The web server process: `python -m facepass.ops.supervisor.web_process FD`, where FD is an open listening socket."""

import gc
import os
import socket
import sys

import uvicorn

GRACE_SECONDS = 10
# A page makes some ten thousand objects, and Python would look for cycles after every 700: 6 % of a search's time
# (benchmarks/guests.py, 20 at once).
GC_THRESHOLDS = (20_000, 20, 20)


def main(fd: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
    config = uvicorn.Config(
        "facepass.asgi:application",
        lifespan="off",
        log_level="warning",
        access_log=False,  # paths of guest pages are secrets
        server_header=False,
        # Any client can write these headers: the operator names the proxies that are believed.
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    config.load()
    gc.freeze()  # code that is loaded now is never garbage, and to look through it stops every request for 0.1 s
    gc.set_threshold(*GC_THRESHOLDS)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
