"""Studios with people to learn, and trainings of them."""

from uuid import NAMESPACE_OID, uuid5

from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, descriptor, near
from galleries import tasks
from training import run


def person_with(studio, count, *, seed, **fields):
    """Somebody with so many verified faces, each in a photo of its own. Ids decide what is held out, so the seed gives
    them.
    """
    person = PersonFactory(studio=studio, pk=uuid5(NAMESPACE_OID, f"{seed}"))
    gallery = GalleryFactory(studio=studio)
    for n in range(count):
        FaceFactory(
            photo=PhotoFactory(gallery=gallery, stored=False, pk=uuid5(NAMESPACE_OID, f"{seed} {n}")),
            insightface_descriptor=near(descriptor(seed), seed * 100 + n, 0.9),
            person=person,
            **{"verified": True, **fields},
        )
    return person


def crowd(studio, people=12, each=6):
    """Enough people that some are strangers and some photos are held out."""
    return [person_with(studio, each, seed=seed) for seed in range(1, people + 1)]


def trained(studio, **fields):
    session = run.start_training(studio, by="test", **fields)
    tasks.run_job(str(session.job_id))
    session.refresh_from_db()
    return session


def unknown_face(studio, seed, cosine=0.9, **fields):
    gallery = GalleryFactory(studio=studio)
    return FaceFactory(
        photo=PhotoFactory(gallery=gallery, stored=False),
        insightface_descriptor=near(descriptor(seed), seed * 1000 + 7, cosine),
        **fields,
    )
