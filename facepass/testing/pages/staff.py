"""Members of staff for the tests of their pages: `user`, and `staff` as a client, are photographers of the studio that
`gallery` belongs to.
"""

import pytest
from django.test import Client
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, MembershipFactory


def member(studio, role=Role.PHOTOGRAPHER) -> Client:
    client = Client()
    client.force_login(MembershipFactory(studio=studio, role=role).user)
    return client


def address(row, name):
    """Of a page below the row's own: `address(gallery, "photos")`."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def post(client, row, view, /, **body):
    return client.post(address(row, view), body, content_type="application/json")


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio)


@pytest.fixture
def user(gallery):
    return MembershipFactory(studio=gallery.studio).user


@pytest.fixture
def staff(studio):
    return member(studio)
