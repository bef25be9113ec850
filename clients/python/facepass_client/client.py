"""The client: one method for each thing that a partner does."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, TypeVar

from facepass_client.shapes import (
    Challenge,
    Detection,
    Face,
    FoundFace,
    Gallery,
    Match,
    Progress,
    Reference,
    SessionSearch,
    Task,
    UploadReport,
    User,
    Verdict,
    Verification,
)
from facepass_client.transport import Picture, Transport, as_file

T = TypeVar("T")
# Photos in one request; the server takes many, and a part that fails is then smaller.
PHOTOS_AT_ONCE = 20


class FacePass:
    """`picture` is a path, or bytes. Raises Refused for what the server refuses, httpx's errors where it is not there.

    Safe to be shared by threads, as httpx's client is.
    """

    def __init__(self, base_url: str, api_key: str, *, timeout: float = 30.0) -> None:
        self._http = Transport(base_url, api_key, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # --- people

    def create_user(self, email: str, full_name: str, **fields: Any) -> User:
        """`fields`: external_id, metadata."""
        return User.of(self._http.post("/api/v1/users/", json={"email": email, "full_name": full_name, **fields}))

    def users(self, **filters: str) -> Iterator[User]:
        """`filters`: search, email, external_id, has_faces, created_after, created_before, ordering."""
        return map(User.of, self._http.pages("/api/v1/users/", filters))

    def user(self, user_id: str) -> User:
        return User.of(self._http.get(f"/api/v1/users/{user_id}"))

    def change_user(self, user_id: str, **fields: Any) -> User:
        return User.of(self._http.send("PATCH", f"/api/v1/users/{user_id}", json=fields))

    def delete_user(self, user_id: str) -> dict[str, int]:
        """What went: `pictures`, `faces`, and how many faces of events are `unnamed` now."""
        deleted: dict[str, int] = self._http.send("DELETE", f"/api/v1/users/{user_id}")["deleted"]
        return deleted

    def upsert_people(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Rows with `external_id`, at most 1,000. A row that is refused is told in `results` and raises nothing."""
        return self._http.post("/api/v1/people/bulk", json={"people": [dict(row) for row in rows]})

    def enrol(self, user_id: str, picture: Picture) -> Task:
        files = [("file", as_file(picture))]
        told = self._http.post("/api/v1/faces/upload", data={"user_id": user_id}, files=files)
        return self.task(told["task_id"])

    def task(self, task_id: str) -> Task:
        return Task.of(self._http.get(f"/api/v1/tasks/{task_id}"))

    def wait(self, task_id: str, *, seconds: float = 60.0) -> Task:
        """The task when it is over, well or not. Raises TimeoutError."""
        return _eventually(lambda: self.task(task_id), lambda task: task.state not in ("pending", "running"), seconds)

    def faces_of(self, user_id: str, **filters: str) -> Iterator[Face]:
        return map(Face.of, self._http.pages(f"/api/v1/faces/user/{user_id}", filters))

    def face(self, face_id: str) -> Face:
        return Face.of(self._http.get(f"/api/v1/faces/{face_id}"))

    def delete_face(self, face_id: str) -> None:
        self._http.send("DELETE", f"/api/v1/faces/{face_id}")

    # --- photos

    def create_gallery(self, title: str, **fields: Any) -> Gallery:
        """`fields`: session_id, shoot_date, location_id."""
        return Gallery.of(self._http.post("/api/v1/galleries/", json={"title": title, **fields}))

    def galleries(self, **filters: str) -> Iterator[Gallery]:
        return map(Gallery.of, self._http.pages("/api/v1/galleries/", filters))

    def upload(self, gallery_id: str, pictures: Iterable[Picture]) -> UploadReport:
        """Each photo is kept or refused on its own; the analysis goes on afterwards."""
        report, waiting = UploadReport(), list(pictures)
        for start in range(0, len(waiting), PHOTOS_AT_ONCE):
            files = [("files", as_file(picture)) for picture in waiting[start : start + PHOTOS_AT_ONCE]]
            part = UploadReport.of(self._http.post(f"/api/v1/galleries/{gallery_id}/images", files=files))
            report.accepted.extend(part.accepted)
            report.duplicates.extend(part.duplicates)
            report.rejected.extend(part.rejected)
        return report

    def progress(self, gallery_id: str) -> Progress:
        return Progress.of(self._http.get(f"/api/v1/galleries/{gallery_id}/progress"))

    def wait_for_gallery(self, gallery_id: str, *, seconds: float = 600.0) -> Progress:
        """When every photo is processed or has failed. Raises TimeoutError."""
        return _eventually(lambda: self.progress(gallery_id), lambda progress: progress.is_over, seconds)

    def create_session(self, name: str, **fields: Any) -> dict[str, Any]:
        """`fields`: id, description, status, scheduled_at, time_zone, facepass_enabled."""
        return self._http.post("/api/v1/sessions/", json={"name": name, **fields})

    def search_session(self, session_id: str, picture: Picture, **options: float) -> list[Match]:
        """The photos of whom the picture shows, best first. `options`: threshold, limit."""
        return self.find_in_session(session_id, picture, **options).matches

    def find_in_session(self, session_id: str, picture: Picture, **options: float) -> SessionSearch:
        """The photos of whom the picture shows, and those that may show them. `options`: threshold, limit."""
        data = {"session_id": session_id, **{name: str(value) for name, value in options.items()}}
        files = [("file", as_file(picture))]
        body = self._http.post("/api/v1/faces/search-session", data=data, files=files)
        found = {part: [Match.of(row) for row in body.get(part, ())] for part in ("matches", "possible")}
        return SessionSearch.of({**body, **found})

    # --- one picture

    def detect_faces(self, picture: Picture) -> Detection:
        return _detection(self._http.post("/detect-faces", files=[("image", as_file(picture))]))

    def detect_faces_of_photo(self, photo_id: str, *, save: bool = False) -> Detection:
        return _detection(self._http.post("/detect-faces", json={"photo_id": photo_id, "save": save}))

    def create_reference(self, picture: Picture, *, label: str = "") -> Reference:
        files = [("image", as_file(picture))]
        return Reference.of(self._http.post("/api/v1/reference/", data={"label": label}, files=files))

    def delete_reference(self, reference_id: str) -> None:
        self._http.send("DELETE", f"/api/v1/reference/{reference_id}")

    def verify(self, reference_id: str, picture: Picture, *, threshold: float | None = None) -> Verification:
        data = {"reference_id": reference_id} | ({} if threshold is None else {"threshold": str(threshold)})
        return Verification.of(self._http.post("/api/v1/verify", data=data, files=[("image", as_file(picture))]))

    def new_challenge(self) -> Challenge:
        return Challenge.of(self._http.post("/api/v1/liveness/challenges"))

    def answer_challenge(self, challenge_id: str, frames: Iterable[Picture]) -> Verdict:
        files = [("frames", as_file(frame)) for frame in frames]
        return Verdict.of(self._http.post("/api/v1/liveness", data={"challenge_id": challenge_id}, files=files))

    def is_live(self, picture: Picture) -> Verdict:
        return Verdict.of(self._http.post("/api/v1/liveness", files=[("image", as_file(picture))]))

    # --- training

    def train(self) -> Task:
        """Learns from the verified faces; the task's result names the session."""
        return self.task(self._http.post("/api/v2/train/execute", json={})["task_id"])

    def training(self, session_or_task_id: str) -> dict[str, Any]:
        """Its state, and how well it did before and after."""
        found: dict[str, Any] = self._http.get(f"/api/v2/train/status/{session_or_task_id}")
        return found

    # --- settings

    def config(self) -> tuple[dict[str, Any], str]:
        """The recognition settings, and their ETag for `change_config`."""
        answer = self._http.answer("GET", "/api/v2/config")
        return answer.json()["recognition_settings"], answer.headers["ETag"]

    def change_config(self, part: Mapping[str, Any], *, if_match: str = "") -> dict[str, Any]:
        headers = {"If-Match": if_match} if if_match else {}
        body = {"recognition_settings": dict(part)}
        changed: dict[str, Any] = self._http.send("PUT", "/api/v2/config", json=body, headers=headers)
        return changed["recognition_settings"]  # type: ignore[no-any-return]


def _detection(body: dict[str, Any]) -> Detection:
    return Detection.of({**body, "faces": [FoundFace.of(face) for face in body["faces"]]})


def _eventually(ask: Callable[[], T], is_over: Callable[[T], bool], seconds: float) -> T:
    until, pause = time.monotonic() + seconds, 0.1
    while not is_over(found := ask()):
        if time.monotonic() > until:
            raise TimeoutError(f"not over after {seconds:g} seconds")
        time.sleep(pause)
        pause = min(2.0, pause * 1.5)
    return found
