"""HTTP and websockets. Run by `manage.py up`."""

import os

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
django.setup(set_prefix=False)

from facepass.core.requests.hashed_static_files import build_hashed_files  # noqa: E402 - uses the settings
from facepass.core.requests.request_bodies import LimitingASGIHandler  # noqa: E402 - it knows accounts and keys
from galleries.routing import websocket_urls  # noqa: E402 - models may be imported only after Django's set-up

# Before the middleware looks which files there are.
build_hashed_files()
application = ProtocolTypeRouter(
    {
        "http": LimitingASGIHandler(),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urls))),
    }
)
