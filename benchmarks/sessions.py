"""How quickly sessions are validated by Pixora, and how late webhooks are: against a stand-in on the embedded server.

python benchmarks/sessions.py     prints the figures of docs/sessions.md; works in a folder of its own
"""

import os
import shutil
import sys
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOME = Path(tempfile.mkdtemp(prefix="facepass-bench-"))
HOME.chmod(0o755)
os.environ.update(FACEPASS_HOME=str(HOME), FACEPASS_ENV_FILE=os.devnull, DJANGO_SETTINGS_MODULE="facepass.settings")
os.environ.update(WEBHOOK_ALLOWED_NETWORKS="127.0.0.1/32", LOG_LEVEL="ERROR")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from facepass.ops.embedded import EmbeddedPostgres  # noqa: E402
from sessions_app.pixora import demo  # noqa: E402

ASKED, EVENTS = 300, 100


def main() -> None:
    with EmbeddedPostgres(HOME):
        demo.create_database(HOME)
        os.environ["MAIN_APP_DATABASE_URL"] = demo.build_database_url(HOME)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        validation()
        webhooks()
    shutil.rmtree(HOME)


def validation() -> None:
    from facepass.models import ApiKey, Studio
    from sessions_app import session_access
    from sessions_app.models import PixoraLink
    from sessions_app.pixora import gateway, sync

    studio = Studio.objects.create(name="Bench", slug="bench", main_app_id=uuid.uuid4())
    key, _token = ApiKey.issue(studio, name="bench")
    demo.add_sessions(HOME, studio_id=studio.main_app_id, number=10_000)
    with demo.connect(HOME) as there:
        ids = [row[0] for row in there.execute("SELECT id FROM photo_sessions ORDER BY id").fetchall()]
    cold = []
    for pk in ids[:50]:
        gateway._threads().shutdown()
        gateway._threads.cache_clear()
        cold.append(timed(lambda pk=pk: session_access.find_current([pk])))
    tell("cold: a new connection, no copy", cold)
    tell("first time: no copy", [timed(lambda pk=pk: session_access.find_current([pk])) for pk in ids[50 : 50 + ASKED]])
    tell("warm", [timed(lambda pk=pk: session_access.find_current([pk])) for pk in ids[50 : 50 + ASKED]])
    tell("1,000 ids, first time", [timed(lambda: session_access.find_current(ids[1000:2000]))])
    tell("1,000 ids, warm", [timed(lambda: session_access.find_current(ids[1000:2000])) for _number in range(10)])
    started = time.perf_counter()
    done = sync.mirror_changes(everything=True)
    print(f"mirroring 10,000: {time.perf_counter() - started:.1f} s, {done.created} new")
    PixoraLink.objects.update(open_until="2100-01-01T00:00Z")
    tell(
        "from the copy, breaker open",
        [timed(lambda pk=pk: session_access.find_current([pk])) for pk in ids[50 : 50 + ASKED]],
    )
    PixoraLink.objects.update(open_until=None)
    key.delete()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append(time.time())  # type: ignore[attr-defined]
        time.sleep(self.server.delay)  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


def webhooks() -> None:
    """How late a receiver hears of events that come twenty a second, beside another that is in trouble."""
    lag("alone", None)
    lag("beside one that takes 8 s", receiver(delay=8.0))
    lag("beside one that answers 500", receiver(status=500))
    down = receiver()
    down.shutdown()
    down.server_close()
    lag("beside one that is down", down)


def lag(name: str, other: Any) -> None:
    from facepass.core import events
    from facepass.models import EventType, Studio
    from sessions_app.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
    from sessions_app.webhooks.courier import Courier

    studio, quick = Studio.objects.get(), receiver()
    for server in filter(None, (quick, other)):
        url = f"http://127.0.0.1:{server.server_port}/"
        WebhookEndpoint.objects.create(studio=studio, url=url, events=EventType.values)
    stop = threading.Event()
    courier = threading.Thread(target=Courier().run, kwargs={"stopping": stop.is_set})
    courier.start()
    emitted = []
    for _number in range(EVENTS):
        events.emit(EventType.FACE_ENROLLED, studio_id=studio.pk, data={})
        emitted.append(time.time())
        time.sleep(0.05)
    deadline = time.time() + 30
    while len(quick.came) < EVENTS and time.time() < deadline:
        time.sleep(0.05)
    lags = [(came - sent) * 1000 for came, sent in zip(sorted(quick.came), emitted, strict=True)]
    tell(f"lag of a webhook, {name}", lags)
    stop.set()
    courier.join()
    waiting = WebhookDelivery.objects.filter(state="pending").count()
    print(f"    attempts logged {WebhookAttempt.objects.count()}, deliveries still to come {waiting}")
    WebhookEndpoint.objects.all().delete()
    quick.shutdown()


def receiver(*, delay: float = 0.0, status: int = 200) -> Any:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.came, server.delay, server.status, server.daemon_threads = [], delay, status, True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def timed(what: Any) -> float:
    started = time.perf_counter()
    what()
    return (time.perf_counter() - started) * 1000


def tell(name: str, found: list[float]) -> None:
    found = sorted(found)
    print(f"{name}: median {found[len(found) // 2]:.1f} ms, p95 {found[int(len(found) * 0.95)]:.1f} ms ({len(found)})")


if __name__ == "__main__":
    main()
