"""BASE=… KEY=… python journey.py PHOTOS SELFIE: a key of its own, an event, photos, a search, a webhook."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from facepass_client import SIGNATURE_HEADER, FacePass, read_event


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = read_event(body, self.headers[SIGNATURE_HEADER], webhook["secret"])
        self.send_response_only(204)
        self.end_headers()
        print("webhook", event["type"], event["data"]["photos"])


with FacePass(os.environ["BASE"], os.environ["KEY"]) as office, HTTPServer(("127.0.0.1", 0), Hook) as server:
    webhook = office.webhooks.create(url=f"http://127.0.0.1:{server.server_port}", events=["gallery.processed"])
    key = office.admin.create_key(name="App", scopes=["read", "write", "search"])["token"]
    with FacePass(os.environ["BASE"], key) as app:
        session = app.sessions.create(name="Wedding", facepass_enabled=True)["id"]
        gallery = app.galleries.create(title="Wedding", session_id=session)["id"]
        app.upload_photos(gallery, Path(sys.argv[1]).glob("*.jpg"), on_progress=lambda *sent: print("sent", *sent))
        app.wait_for_gallery(gallery)
        for match in app.faces.search_session(session_id=session, file=Path(sys.argv[2]))["matches"]:
            print("match", match["filename"], round(match["similarity"], 2))
    server.handle_request()
