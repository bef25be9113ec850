"""Rows for the tests of every app. Photos have a small real file, faces a real descriptor of unit length.

PhotoFactory(people=["ann", "bob"])   a picture in which the fake engine finds two faces
FaceFactory(photo=photo, person=ann)  a face of the current fake model version
"""

import hashlib

import factory
import numpy as np
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from facepass.models import ApiKey, Membership, Role, Studio, User
from facepass.testing.pictures.fake import picture_of
from galleries.models import FaceCluster, Gallery, GalleryImage, Person, PhotoFace
from galleries.photos import media_files
from recognition import protected_templates
from recognition.engines.fake import FakeEngine
from recognition.models import ModelVersion
from recognition.pictures import formats
from recognition.types import DESCRIPTOR_DIMENSION, FloatArray

PASSWORD = "correct horse battery"


class StudioFactory(DjangoModelFactory):
    class Meta:
        model = Studio

    name = factory.Sequence(lambda n: f"Studio {n}")
    slug = factory.Sequence(lambda n: f"studio-{n}")


class UserFactory(DjangoModelFactory):
    """A member of staff, who may sign in to the admin; `UserFactory(is_superuser=True)` sees every studio."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    is_staff = True

    @factory.post_generation
    def password(self, create, extracted, **_):
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    studio = factory.SubFactory(StudioFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


class ApiKeyFactory(DjangoModelFactory):
    """A key whose token is nobody's; use `ApiKey.issue` where the token matters."""

    class Meta:
        model = ApiKey

    studio = factory.SubFactory(StudioFactory)
    name = factory.Sequence(lambda n: f"app {n}")
    prefix = factory.Sequence(lambda n: f"{n:08x}")
    digest = factory.LazyAttribute(lambda key: hashlib.sha256(key.prefix.encode()).hexdigest())
    scopes = ["read"]


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = "sessions_app.PhotoSession"

    studio = factory.SubFactory(StudioFactory)
    name = factory.Sequence(lambda n: f"Session {n}")
    facepass_enabled = True


class GalleryFactory(DjangoModelFactory):
    class Meta:
        model = Gallery

    studio = factory.SubFactory(StudioFactory)
    title = factory.Sequence(lambda n: f"Gallery {n}")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    studio = factory.SubFactory(StudioFactory)
    real_name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")


def stored_name(data: bytes) -> str:
    """Return the name under which a file is stored, which is that of what it holds."""
    form = formats.detect_format(data)
    return f"original{form.extension if isinstance(form, formats.Format) else '.jpg'}"


class PhotoFactory(DjangoModelFactory):
    """A stored picture that waits for analysis. `people`: who is in it (see `picture_of`); `stored=False`: no file."""

    class Meta:
        model = GalleryImage
        skip_postgeneration_save = True

    class Params:
        people = ()
        size = (320, 240)
        stored = True
        seed = factory.Sequence(lambda n: n)
        data = factory.LazyAttribute(lambda p: picture_of(p.people, size=p.size, seed=p.seed))

    gallery = factory.SubFactory(GalleryFactory)
    # As cameras count: in the order of names the photos stand as they were made.
    original_name = factory.Sequence(lambda n: f"photo-{n:06}.jpg")
    sha256 = factory.LazyAttribute(lambda p: hashlib.sha256(p.data).hexdigest())
    byte_size = factory.LazyAttribute(lambda p: len(p.data))
    width = factory.LazyAttribute(lambda p: p.size[0])
    height = factory.LazyAttribute(lambda p: p.size[1])
    file = factory.LazyAttribute(lambda p: ContentFile(p.data, name=stored_name(p.data)) if p.stored else "")

    @factory.post_generation
    def image_url(self, create, extracted, **_):
        self.image_url = media_files.photo_path(self, "original")
        if create:
            self.save(update_fields=["image_url"])


class ModelVersionFactory(DjangoModelFactory):
    """The version that `current_model_version()` returns while the fake engine is in use."""

    class Meta:
        model = ModelVersion
        django_get_or_create = ("contract_id", "template_key_id")

    engine = FakeEngine.name
    model = FakeEngine.model
    dimension = FakeEngine.dimension
    contract_id = FakeEngine.contract_id
    template_key_id = factory.LazyFunction(protected_templates.template_key_id)
    calibration = FakeEngine.calibration.as_json()
    license_name = FakeEngine.license.name
    commercial_use = True


def descriptor(seed: int) -> FloatArray:
    """A random direction: two of them have a cosine near 0."""
    found = np.random.default_rng(seed).standard_normal(DESCRIPTOR_DIMENSION).astype(np.float32)
    return found / np.linalg.norm(found)


def near(direction: FloatArray, seed: int, cosine: float) -> FloatArray:
    """A direction with that cosine to the one given."""
    other = descriptor(seed)
    other -= (other @ direction) * direction
    return cosine * direction + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)


class ClusterFactory(DjangoModelFactory):
    class Meta:
        model = FaceCluster

    studio = factory.SubFactory(StudioFactory)


class FaceFactory(DjangoModelFactory):
    class Meta:
        model = PhotoFace

    class Params:
        seed = factory.Sequence(lambda n: n)

    photo = factory.SubFactory(PhotoFactory)
    gallery = factory.SelfAttribute("photo.gallery")
    model_version = factory.SubFactory(ModelVersionFactory)
    insightface_bbox = factory.LazyFunction(lambda: {"x": 40.0, "y": 30.0, "width": 80.0, "height": 100.0})
    insightface_confidence = 0.9
    insightface_descriptor = factory.LazyAttribute(lambda face: descriptor(face.seed))
    landmarks = factory.LazyFunction(lambda: [[60, 60], [100, 60], [80, 80], [65, 105], [95, 105]])
    quality = factory.LazyFunction(lambda: {"score": 0.8, "size": 80.0, "reasons": []})
