"""The people of the user's studios as a grid of faces: found by name, VIPs first."""

from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS, has_role_anywhere
from facepass.core.access.authentication import user_of
from galleries.models import Person, PhotoFace
from galleries.models.person import PersonQuerySet
from galleries.people import avatars
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import render_page

PEOPLE_SHOWN = 60
# Which people: everybody but the hidden ones, VIPs, the hidden ones.
KINDS = ("all", "vip", "hidden")


@dataclass(frozen=True, slots=True)
class PersonCard:
    """`photos`: of events, that the person is in. `proposed`: of those, faces that wait to be confirmed."""

    person: Person
    picture: SafeString | None
    photos: int
    proposed: int


def show_people(request: HttpRequest) -> HttpResponseBase:
    """The people whom the text `q` names, of the kind `show`, a page of them."""
    typed, kind = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("show", "all")
    kind = kind if kind in KINDS else "all"
    people = find_people(Person.objects.visible_to(user_of(request)), typed, kind=kind)
    page = Paginator(people, PEOPLE_SHOWN).get_page(request.GET.get("page"))
    context = {
        "title": _("People"),
        "typed": typed,
        "kind": kind,
        "page": page,
        "cards": build_cards(list(page.object_list)),
        "may_decide": has_role_anywhere(request, VERIFIERS),
    }
    return render_page(request, "admin/galleries/person/grid.html", context)


def find_people(people: PersonQuerySet, typed: str, *, kind: str) -> PersonQuerySet:
    """Return those of the kind whose name or notes have the text in them, or whose e-mail or external id begins so."""
    if typed:
        named = Q(real_name__icontains=typed) | Q(notes__icontains=typed)
        people = people.filter(named | Q(email__istartswith=typed) | Q(external_id__istartswith=typed))
    people = people.filter(is_hidden=kind == "hidden")
    if kind == "vip":
        people = people.filter(is_vip=True)
    return people.defer("metadata").order_by("-is_vip", "real_name", "pk")


def build_cards(people: list[Person]) -> list[PersonCard]:
    """Return what the grid shows of each; four queries, however many there are."""
    pictures, counts = avatars.load_avatars(people), _count_photos(people)
    return [
        PersonCard(
            person,
            markup.face_picture(pictures[person.pk]) if person.pk in pictures else None,
            *counts.get(person.pk, (0, 0)),
        )
        for person in people
    ]


def _count_photos(people: list[Person]) -> dict[UUID, tuple[int, int]]:
    """Return in how many photos each is, and how many of those faces wait to be confirmed."""
    faces = PhotoFace.objects.filter(person__in=people).event_faces().shown().order_by().values_list("person_id")
    counted = faces.annotate(photos=Count("photo", distinct=True), proposed=Count("pk", filter=Q(verified=False)))
    return {person_id: (photos, proposed) for person_id, photos, proposed in counted}
