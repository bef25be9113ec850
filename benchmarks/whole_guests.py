"""Of the guests of a photo event with known truth, how many have all their photos, with each thing that they do.

    python benchmarks/whole_guests.py [--second FOLDER] ENGINE EVENT_FOLDER [EVENT_FOLDER ...]

ENGINE and EVENT_FOLDER are those of events.py. Guests search as on their page: at once, then they answer truthfully
what a search holds for possible. `--second`: a folder with NAME.jpg, another selfie of each, which those take who do
not have all by then, and answer again. Strangers take one selfie.
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import events
import own_home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine")
    parser.add_argument("events", type=Path, nargs="+")
    parser.add_argument("--second", type=Path)
    options = parser.parse_args()
    with own_home.opened(None if options.engine == "default" else Path(options.engine)):
        for folder in options.events:
            print(folder, judge(folder, options.second), flush=True)


def judge(event: Path, second: Path | None) -> str:
    truth = json.loads((event / "truth.json").read_text())
    session = opened_session(event, list(truth["photos"]))
    count: Counter[str] = Counter()
    for name, selfie in truth["selfies"].items():
        wanted = {photo for photo, people in truth["photos"].items() if name in people}
        if wanted:
            visit(Visitor.enter(session, wanted), event / selfie, second and second / f"{name}.jpg", count)
    for selfie in truth["strangers"]:
        stranger = Visitor.enter(session, set())
        stranger.search(event / selfie)
        count.update({"strangers": 1, "found": bool(stranger.found()), "asked": stranger.guest.possible.exists()})
    columns = ("guests", "at once", "answered", "second", "whose", "with second", "wrong photos")
    return "  ".join(f"{name} {count[name]}" for name in (*columns, "strangers", "found", "asked"))


def visit(visitor: "Visitor", selfie: Path, second: Path | None, count: Counter[str]) -> None:
    """Count what a guest sees: each step is taken by those alone who lack photos."""
    visitor.search(selfie)
    count.update({"guests": 1, "at once": visitor.has_all()})
    visitor.answer()
    count["answered"] += visitor.has_all()
    if second and second.exists() and not visitor.has_all():
        count["second"] += 1
        count["whose"] += visitor.search(second)
        visitor.answer()
    count.update({"with second": visitor.has_all(), "wrong photos": len(visitor.found() - visitor.wanted)})


@dataclass(frozen=True, slots=True)
class Visitor:
    """A guest of the session, and the names of the photos that show them."""

    guest: Any
    wanted: set[str]

    @classmethod
    def enter(cls, session: Any, wanted: set[str]) -> "Visitor":
        from sessions_app.guest.domain.privacy import consent
        from sessions_app.models import Guest

        return cls(Guest.objects.create(session=session, notice=consent.NOTICE, language="en"), wanted)

    def search(self, selfie: Path) -> bool:
        """Search as the page does, and return whether it asks whose photos these are. What is refused finds nothing."""
        from django.core.files.base import ContentFile

        from facepass.core.errors import FacePassError
        from sessions_app.guest.domain import guest_search

        try:
            picture = ContentFile(selfie.read_bytes(), name="me.jpg")
            return guest_search.search_with_selfie(self.guest, picture, address=str(self.guest.pk)).question is not None
        except FacePassError as error:
            print(f"  {selfie.name}: {error.code}", flush=True)
            return False

    def answer(self) -> None:
        from sessions_app.guest.domain.profiles import possible_photos

        asked = dict(self.guest.possible.values_list("photo_id", "photo__original_name"))
        mine = [photo for photo, name in asked.items() if name in self.wanted]
        possible_photos.confirm_photos(self.guest, mine)
        possible_photos.deny_photos(self.guest, [photo for photo in asked if photo not in mine])

    def found(self) -> set[str]:
        return set(self.guest.found.kept().values_list("photo__original_name", flat=True))

    def has_all(self) -> bool:
        return self.wanted <= self.found()


def opened_session(event: Path, photos: list[str]) -> Any:
    """Return a session with these photos, analysed and grouped."""
    from galleries.faces import grouping
    from galleries.models import Gallery, Occasion
    from sessions_app.models import PhotoSession

    occasion = events.indexed(event, photos)
    session = PhotoSession.objects.create(studio_id=occasion.studio_id, name=event.name, facepass_enabled=True)
    Gallery.objects.filter(studio_id=occasion.studio_id).update(session_id=session.pk)
    grouping.group_faces(Occasion(occasion.studio_id, session_id=session.pk))
    return session


if __name__ == "__main__":
    main()
