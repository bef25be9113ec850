"""Headers of every answer: what a page may use of the device, and that the address is asked for by HTTPS alone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# Pages with a camera: guests', where a selfie is taken.
CAMERA_PREFIXES = ("/s/", "/api/v1/sessions/")
# Those that browsers know; they complain about others.
UNUSED_FEATURES = (
    "accelerometer", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi",
    "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip


class SecurityHeadersMiddleware:
    """The outermost, so that files, refusals and errors have the headers as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in security_headers(request.path_info).items():
            response.headers.setdefault(name, value)
        return response


def security_headers(path: str) -> dict[str, str]:
    """Return the headers for an answer from that path."""
    headers = {"Permissions-Policy": permissions_policy(path), "X-Content-Type-Options": "nosniff"}
    if settings.PUBLIC_URL.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return headers


def permissions_policy(path: str) -> str:
    """Return which features of the device a page may use: the camera where guests take a selfie, and nothing else."""
    camera = "(self)" if path.startswith(CAMERA_PREFIXES) else "()"
    return ", ".join([f"camera={camera}", *(f"{feature}=()" for feature in UNUSED_FEATURES)])
