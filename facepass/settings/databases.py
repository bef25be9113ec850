"""The databases, the cache and the channel layer."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from facepass.ops import embedded
from facepass.settings.base import ENV, HOME, ROLE

# How long a request waits for a connection: whoever waits for a database that is away is told so.
DATABASE_SECONDS = 2
# A server on another machine: one that has gone without a word is noticed within 20 seconds, also by who only listens.
REMOTE_LIMITS = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 5}


def _database_at(address: str, **options: Any) -> dict[str, Any]:
    """Of a URL; what stands in its query goes to libpq as it is, such as `sslmode`."""
    url = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "OPTIONS": {**options, **dict(parse_qsl(url.query))},
        "CONN_HEALTH_CHECKS": True,
    }


def pixora_database(address: str) -> dict[str, Any]:
    """Pixora's database, which is read and never written: it refuses that by itself, whoever asks by whatever way.

    Queries are cut off there after a second; how long anybody waits here is for `sessions_app.pixora.gateway` to say.
    """
    limits = "-c default_transaction_read_only=on -c statement_timeout=1000 -c lock_timeout=500"
    found = _database_at(address, connect_timeout=2, tcp_user_timeout=2000, keepalives_idle=10)
    found["OPTIONS"]["options"] = f"{found['OPTIONS'].get('options', '')} {limits}".strip()
    return {**found, "CONN_MAX_AGE": None, "DISABLE_SERVER_SIDE_CURSORS": True}


def _database() -> dict[str, Any]:
    """The database of DATABASE_URL, or the embedded one. Only the web process pools: a pool does not survive a fork.

    Workers keep theirs: they ask twice a second whether there is work, each time with a new one otherwise.
    """
    found = _database_at(ENV.database_url, **REMOTE_LIMITS) if ENV.database_url else embedded.database_settings(HOME)
    options = found.setdefault("OPTIONS", {})
    if ROLE == "web":
        options["pool"] = {
            "min_size": 1,
            "max_size": ENV.database_pool_size,
            "timeout": DATABASE_SECONDS,
            # One that nobody needed for so long is given back, and then the next: others may wait for it.
            "max_idle": 30,
            # A connection that cannot be made is given up by then. Its pauses would double otherwise, for minutes after
            # the database is back.
            "reconnect_timeout": DATABASE_SECONDS,
        }
    if ROLE == "worker":
        found["CONN_MAX_AGE"] = 600
    # A connection may have outlived a restart of the database.
    return {**found, "ENGINE": "facepass.core.database.postgresql", "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": _database()}
if ENV.main_app_database_url:
    DATABASES["pixora"] = pixora_database(ENV.main_app_database_url)
DATABASE_ROUTERS = ["sessions_app.pixora.router.PixoraRouter"]

# Redis is a hint: who waits for it longer than this goes on without.
REDIS_LIMITS = {"socket_connect_timeout": 1, "socket_timeout": 1}
# For what can be computed again: a row of the cache may vanish at any time. What must not vanish is in tables.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "facepass.core.database.hint_cache.RedisHintCache",
        "LOCATION": ENV.redis_url,
        "OPTIONS": REDIS_LIMITS,
    }
    if ENV.redis_url
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # At most: whoever adds one more row has a third of them deleted, whichever they are.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # django-q2 writes its status twice a second, over a connection that it never renews; nobody here reads it.
    "queue_status": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": ENV.redis_url, **REDIS_LIMITS}], "prefix": "facepass"},
    }
    if ENV.redis_url
    else {"BACKEND": "facepass.core.live.postgres_channel_layer.PostgresChannelLayer"}
}
