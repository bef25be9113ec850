"""The web server process: `python -m facepass.supervisor.web FD`, with an open listening socket as that descriptor."""

import os
import socket
import sys

import uvicorn

GRACE_SECONDS = 10


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
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=fd)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
