from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Has no tables: it is an app for its commands."""

    name = "facepass.ops"
