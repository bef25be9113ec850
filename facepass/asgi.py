"""HTTP and websockets. Run by `manage.py up`."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from facepass.core.requests import request_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
http = request_bodies.get_asgi_application()

from galleries.routing import websocket_urls  # noqa: E402 - models may be imported only after Django's set-up

application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urls)))}
)
