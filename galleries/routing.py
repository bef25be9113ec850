from typing import Any

from django.urls import path, re_path

from facepass.core.live.unknown_address import answer_not_found
from galleries.consumers import DecisionsConsumer, GalleryProgressConsumer

# Any: Django's types know no path to an ASGI application.
progress_app: Any = GalleryProgressConsumer.as_asgi()
decisions_app: Any = DecisionsConsumer.as_asgi()
unknown: Any = answer_not_found
websocket_urls: list[Any] = [
    path("ws/galleries/<uuid:gallery_id>/progress/", progress_app),
    path("ws/occasions/<uuid:key>/", decisions_app),
    path("ws/decisions/", decisions_app),
    re_path(r"", unknown),
]
