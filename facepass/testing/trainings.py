"""Studios with people to learn, and trainings of them."""

from facepass.testing.factories import FaceFactory, GalleryFactory, PhotoFactory, descriptor
from galleries import tasks
from training.learning import run
from training.tests.test_dataset import near
from training.tests.test_prepare import person_with


def crowd(studio, people=12, each=6):
    """Enough people that some are strangers and some photos are held out."""
    return [person_with(studio, each, seed=seed) for seed in range(1, people + 1)]


def trained(studio, **fields):
    session = run.execute(studio, by="test", **fields)
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
