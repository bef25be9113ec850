"""How long it takes to delete a large event, to restore it, to delete it for good, and to write its tables anew.

    python benchmarks/trash.py [PHOTOS] [FACES] [GROUPS]     5000 100000 5000

The embedded PostgreSQL, rows without files: what deleting files takes is the storage's.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import own_home
import staff

GUESTS, FOUND_EACH = 200, 20


def main() -> None:
    photos, faces, groups = [int(number) for number in sys.argv[1:]] + [5000, 100_000, 5000][len(sys.argv) - 1 :]
    with own_home.opened(None):
        session = make_event(photos, faces, groups)
        from facepass.core.trash import entries, purge
        from facepass.ops import remains

        measure("counted, for the page that asks", lambda: entries.count_contents("event", [session]))
        (entry,) = measure("deleted", lambda: entries.move_to_trash("event", [session], by=None))
        print(entry.counts)
        measure("restored", lambda: entries.restore(entry.pk))
        measure("all tables written anew, as at night", lambda: print(remains.rewrite_all()))
        (again,) = measure("deleted again", lambda: entries.move_to_trash("event", [session], by=None))
        measure("deleted for good", lambda: purge.purge(again.pk))


def measure(what: str, do: Callable[[], Any]) -> Any:
    began = time.monotonic()
    result = do()
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)
    return result


def make_event(photos: int, faces: int, groups: int) -> Any:
    from galleries.models import Gallery
    from sessions_app.models import PhotoSession

    ids = staff.filled(photos, faces)
    gallery = Gallery.objects.get(pk=ids["gallery"])
    session = PhotoSession.objects.create(studio=gallery.studio, name="large")
    Gallery.objects.filter(pk=gallery.pk).update(session_id=session.pk)
    add_groups(session, groups)
    add_guests(session)
    staff.analyse_tables()
    return session


def add_groups(session: Any, number: int) -> None:
    from django.db import connection

    from galleries.models import FaceCluster

    made = FaceCluster.objects.bulk_create(
        FaceCluster(studio_id=session.studio_id, session_id=session.pk) for _n in range(number)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE photo_faces f SET cluster_id = (%s::uuid[])[1 + n %% %s]"
            " FROM (SELECT id, row_number() OVER () AS n FROM photo_faces) numbered WHERE numbered.id = f.id",
            [[group.pk for group in made], number],
        )


def add_guests(session: Any) -> None:
    from galleries.models import GalleryImage
    from sessions_app.models import FoundPhoto, Guest

    guests = Guest.objects.bulk_create(Guest(session=session, language="en") for _n in range(GUESTS))
    photos = list(GalleryImage.objects.all()[:FOUND_EACH])
    FoundPhoto.objects.bulk_create(
        FoundPhoto(guest=guest, photo=photo, rank=rank) for guest in guests for rank, photo in enumerate(photos)
    )


if __name__ == "__main__":
    main()
