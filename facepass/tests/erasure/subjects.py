"""Somebody, or something of somebody, to be erased: each in every place that takes words, with marks to be found by."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from facepass.models import ApiKey, Role, Scope, User
from facepass.testing.factories import GalleryFactory, MembershipFactory, PhotoFactory, SessionFactory, UserFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, search, selfie
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.faces import decisions
from galleries.models import Gallery, Person, PhotoFace
from sessions_app.guest.domain.privacy import withdrawal
from sessions_app.models import Guest, GuestUpload, Kept, PhotoSession
from sessions_app.models.guest import UNDO_LIFETIME
from sessions_app.retention import deletion

# So many bytes of a descriptor are in nothing else.
DESCRIPTOR_BYTES = 64


@dataclass
class Event:
    """A studio's event with its owner and its key, and the marks that have been planted."""

    kind: str
    session: PhotoSession
    gallery: Gallery
    owner: Client
    api: APIClient
    marks: dict[str, bytes] = field(default_factory=dict)

    def mark(self, what: str) -> str:
        """Return a word that nothing else says, to be planted and looked for."""
        word = f"{what}-{self.kind}-qxzv".replace("_", "-")
        self.marks[what] = word.encode()
        return word

    def mark_picture(self, what: str, people: list[str]) -> SimpleUploadedFile:
        """Return a picture that has a mark among its bytes, and one as its name."""
        data = picture_of(people, size=(800, 600)) + self.mark(f"bytes-of-{what}").encode()
        return SimpleUploadedFile(f"{self.mark(f'name-of-{what}')}.jpg", data, content_type="image/jpeg")

    def mark_descriptors(self, faces) -> None:
        for number, face in enumerate(faces):
            raw = np.asarray(face.insightface_descriptor, "<f2").tobytes()
            self.marks[f"descriptor {number}"] = raw[:DESCRIPTOR_BYTES]


def make_event(kind: str) -> Event:
    session = SessionFactory(name=f"Event of {kind}")
    _key, token = ApiKey.issue(session.studio, name="test", scopes=Scope.values)
    owner = Client()
    owner.force_login(MembershipFactory(studio=session.studio, role=Role.OWNER).user)
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk, title=f"Gallery of {kind}")
    return Event(kind, session, gallery, owner, APIClient(HTTP_AUTHORIZATION=f"Bearer {token}"))


def user_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def done(response, *statuses: int):
    assert response.status_code in (statuses or (200, 201, 202, 204, 302)), response.content[:2000]
    return response


# --- what there is to be erased


def add_photo(event: Event) -> str:
    """A photo by the API, whose answer is kept, with a face that staff named, and tags."""
    files = {"files": [event.mark_picture("photo", [f"{event.kind}-face"])]}
    answer = done(
        event.api.post(
            f"/api/v1/galleries/{event.gallery.pk}/images/", files, format="multipart", HTTP_IDEMPOTENCY_KEY="upload"
        )
    )
    pk = answer.json()["accepted"][0]["id"]
    tasks.analyse_gallery(str(event.gallery.pk))
    face = PhotoFace.objects.get(photo=pk)
    event.mark_descriptors([face])
    return pk


def change_at_the_admin(event: Event, name: str, pk: object, fields: dict[str, str]) -> None:
    """Save the form of the admin with what it has and these fields: its log tells what the row is called."""
    path = reverse(f"admin:{name}_change", args=[pk])
    form = event.owner.get(path).context["adminform"].form
    kept = {key: form.get_initial_for_field(field, key) for key, field in form.fields.items()}
    event.owner.post(path, {**{key: value for key, value in kept.items() if value is not None}, **fields})


def make_person(event: Event) -> str:
    """Somebody enrolled by a repeated request, changed at the admin, merged, named in a photo of the event."""
    body = {
        "full_name": event.mark("person"), "email": f"{event.mark('address')}@example.org",
        "external_id": event.mark("number"),
    }  # fmt: skip
    pk = done(event.api.post("/api/v1/users/", body, HTTP_IDEMPOTENCY_KEY="enrol")).json()["id"]
    form = {"real_name": body["full_name"], "email": body["email"], "external_id": body["external_id"]}
    more = {"metadata": f'{{"k": "{event.mark("metadata")}"}}', "notes": event.mark("notes")}
    done(event.owner.post(reverse("admin:galleries_person_change", args=[pk]), {**form, **more}), 302)
    enrolment = {"user_id": pk, "file": event.mark_picture("enrolment", [f"{event.kind}-enrolled"])}
    done(event.api.post("/api/v1/faces/upload/", enrolment, format="multipart"))
    person = Person.objects.get(pk=pk)
    for gallery in Gallery.objects.filter(photos__subject=person):
        tasks.analyse_gallery(str(gallery.pk))
    event.mark_descriptors(PhotoFace.objects.filter(photo__subject=person))
    twin = Person.objects.create(studio=event.session.studio, real_name=event.mark("twin"))
    decisions.unite(person, twin, by=user_of(event.owner))
    return pk


def make_guest(event: Event) -> Client:
    """A guest who has searched, chosen, shared, asked for news and given a photo."""
    with_rules(event.session, uploads=True)
    PhotoFactory(gallery=event.gallery, people=[f"{event.kind}-guest"], size=(800, 600))
    tasks.analyse_gallery(str(event.gallery.pk))
    client = device(event.session)
    search(client, event.session, [f"{event.kind}-guest"])
    door = f"/s/{event.session.code}"
    photo = client.guest.found.get().photo_id
    for part in ("photos/favourite", "photos/share"):
        done(client.post(f"{door}/{part}/", {"photo": str(photo)}))
    done(client.post(f"{door}/link/"))
    wish = {"address": "guest@example.org", "agreed": "on", "selfie": selfie([f"{event.kind}-guest"])}
    done(client.post(f"{door}/alerts/", wish))
    give_photo(event, client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, descriptor FROM guest_alerts WHERE guest_id = %s", [client.guest.pk])
        address, descriptor = cursor.fetchone()
    event.marks["sealed address"] = _piece(address)
    event.marks["sealed descriptor"] = _piece(descriptor)
    return client


def _piece(sealed: object) -> bytes:
    return (sealed.encode() if isinstance(sealed, str) else bytes(sealed))[-48:]


def give_photo(event: Event, client: Client) -> GuestUpload:
    given = {"photos": [event.mark_picture("given", ["nobody-else"])], "may_share": "on"}
    done(client.post(f"/s/{event.session.code}/give/", given))
    return GuestUpload.objects.get(guest=client.guest)


# --- and how


def empty_trash(event: Event) -> None:
    """Erase by the API what lies in the studio's trash."""
    for entry in event.api.get("/api/v1/trash/").json()["results"]:
        done(event.api.delete(f"/api/v1/trash/{entry['id']}/"))


def plant_person(event: Event) -> Callable[[], None]:
    pk = make_person(event)

    def erase() -> None:
        done(event.api.delete(f"/api/v1/people/{pk}/"))
        empty_trash(event)

    return erase


def plant_photo(event: Event) -> Callable[[], None]:
    pk = add_photo(event)

    def erase() -> None:
        done(event.api.delete(f"/api/v1/images/{pk}/"))
        empty_trash(event)

    return erase


def plant_gallery(event: Event) -> Callable[[], None]:
    done(event.api.patch(f"/api/v1/galleries/{event.gallery.pk}/", {"title": event.mark("title")}, format="json"))
    add_photo(event)

    def erase() -> None:
        event.owner.post(reverse("admin:galleries_gallery_delete", args=[event.gallery.pk]), {"post": "yes"})
        empty_trash(event)

    return erase


def plant_event(event: Event) -> Callable[[], None]:
    path = reverse("admin:sessions_app_photosession_change", args=[event.session.pk])
    assert event.owner.get(path).status_code == 200
    PhotoSession.objects.filter(pk=event.session.pk).update(
        name=event.mark("event"), description=event.mark("description")
    )
    add_photo(event)
    make_guest(event)

    def erase() -> None:
        done(event.api.delete(f"/api/v1/sessions/{event.session.pk}/"))
        empty_trash(event)

    return erase


def plant_studio(event: Event) -> Callable[[], None]:
    studio = event.session.studio
    studio.name, studio.contact = event.mark("studio"), event.mark("contact")
    studio.save()
    plant_event(event)
    make_person(event)
    superuser = Client()
    superuser.force_login(UserFactory(is_superuser=True, is_staff=True))

    def erase() -> None:
        done(superuser.post(reverse("admin:facepass_studio_delete", args=[studio.pk]), {"post": "yes"}), 302)

    return erase


def plant_guest(event: Event) -> Callable[[], None]:
    client = make_guest(event)
    event.marks["guest's key"] = client.guest.pk.bytes
    return lambda: done(client.post(f"/s/{event.session.code}/forget/"))


def plant_withdrawn(event: Event) -> Callable[[], None]:
    client = make_guest(event)

    def erase() -> None:
        done(client.post(f"/s/{event.session.code}/withdraw/"))
        Guest.objects.filter(pk=client.guest.pk).update(withdrawn_at=timezone.now() - UNDO_LIFETIME)
        withdrawal.delete_withdrawn()

    return erase


def plant_guests_of_event(event: Event) -> Callable[[], None]:
    make_guest(event)
    return lambda: deletion.delete_kept(event.session, Kept.GUESTS)


def plant_upload(event: Event) -> Callable[[], None]:
    with_rules(event.session, uploads=True)
    upload = give_photo(event, device(event.session))

    def erase() -> None:
        path = reverse("admin:sessions_app_photosession_given", args=[event.session.pk])
        done(event.owner.post(path, {"do": "refuse", "upload": str(upload.pk)}))
        empty_trash(event)

    return erase


def plant_left_out(event: Event) -> Callable[[], None]:
    client = make_guest(event)
    event.mark_descriptors(PhotoFace.objects.filter(gallery=event.gallery))
    form = {"selfie": selfie([f"{event.kind}-guest"]), "agreed": "on"}
    return lambda: done(client.post(f"/s/{event.session.code}/leave-out/", form))


KINDS: dict[str, Callable[[Event], Callable[[], None]]] = {
    "person": plant_person,
    "photo": plant_photo,
    "gallery": plant_gallery,
    "event": plant_event,
    "studio": plant_studio,
    "guest": plant_guest,
    "withdrawn": plant_withdrawn,
    "guests_of_event": plant_guests_of_event,
    "upload": plant_upload,
    "left_out": plant_left_out,
}

# What the list of erasures says that it was; None where nothing is gone that a back-up could bring back by an id.
LISTED: dict[str, str | None] = {
    "person": "galleries.Person",
    "photo": "galleries.GalleryImage",
    "gallery": "galleries.Gallery",
    "event": "sessions_app.PhotoSession",
    "studio": "facepass.Studio",
    "guest": "sessions_app.Guest",
    "withdrawn": None,
    "guests_of_event": "sessions_app.Guest",
    "upload": "sessions_app.GuestUpload",
    "left_out": "galleries.PhotoFace",
}
