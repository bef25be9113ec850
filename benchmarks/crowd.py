"""Makes a session of a running FacePass large: adds made-up faces to it, for benchmarks/guests.py.

    FACEPASS_HOME=... python benchmarks/crowd.py SESSION_CODE [FACES]     50,000

They come as an upload brings them, in portions that a worker describes in a turn of a minute, each grouped after it;
every fifth time PostgreSQL tidies up, as it would by itself after so many rows. The photos have no files.
"""

import os
import sys

import django
import own_home  # noqa: F401 - so that FacePass is found
import scale

PORTION, TIDY_EVERY = 2000, 5


def main() -> None:
    code, *numbers = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
    django.setup()
    fill(code, int(numbers[0]) if numbers else 50_000)


def fill(code: str, count: int) -> None:
    from galleries.faces import grouping
    from galleries.models import Gallery, Occasion
    from sessions_app.models import PhotoSession

    session = PhotoSession.objects.get(code=code)
    gallery = Gallery.objects.filter(session_id=session.pk).earliest("created_at")
    vectors = scale.made_up(count)
    for number, start in enumerate(range(0, count, PORTION), 1):
        scale.add(gallery, vectors[start : start + PORTION], name=f"crowd{start}-")
        grouping.group_faces(Occasion.for_gallery(gallery))
        if number % TIDY_EVERY == 0:
            scale.vacuum()
        print(f"{min(count, start + PORTION)} of {count}", end="\r", flush=True)
    scale.vacuum()
    print()


if __name__ == "__main__":
    main()
