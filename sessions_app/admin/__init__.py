"""Photo sessions, their guests, usage and webhooks in the admin."""

from sessions_app.admin import analytics, consents, guests, hidings, sessions, webhooks  # noqa: F401 - register themselves
