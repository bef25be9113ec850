"""A person's page: its part that changes, merging with another person, their picture, and enrolling one."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from facepass.models import Scope
from galleries.faces import decisions
from galleries.models import FaceCluster, GalleryImage, Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.people import avatars, enrolment
from galleries.people.enrolment import ConsentGiven, EnrolmentDoubt
from galleries.staff_kit import markup
from galleries.staff_kit.faces import select_shown
from galleries.staff_kit.json_views import (
    Context,
    answer_json,
    find_visible,
    invalid_request,
    log_change,
    parse_body,
    parse_page_uuid,
    parse_uuid,
    render_page,
    require_role,
)
from galleries.staff_kit.person_choice import answer_people
from galleries.staff_kit.person_overview import build_overview

# Of each of two people, side by side.
FACES_COMPARED = 9


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What `decisions.unite` would move from one person to the other.

    `taken_over`: names of the columns that the other has not filled. `together`: photos that both are in. One person is
    in a photo once, so each of those speaks against it.
    """

    faces: int
    photos: int
    groups: int
    pictures: int
    taken_over: list[str]
    together: int


def render_overview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "admin/galleries/person/part.html", build_overview(request, _find_person(request, pk)))


def list_others(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The people of the same studio who match what was typed."""
    return answer_people(request, _find_person(request, pk).studio_id)


def merge_people(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET with `?other=`: show what would move. POST: move it; `other` is gone, and comes back when it is undone."""
    kept = _require_person(request, pk)
    values = request.POST if request.method == "POST" else request.GET
    same_studio = Person.objects.filter(studio=kept.studio_id)
    other = find_visible(request, same_studio, parse_page_uuid(values.get("other", "")))
    if other == kept:
        raise Http404
    if request.method == "POST":
        decisions.unite(kept, other, by=user_of(request))
        messages.success(request, _("%(other)s is %(kept)s now.") % {"other": other, "kept": kept})
        return HttpResponseRedirect(markup.change_page_path("person", kept.pk))
    context = {
        "title": _("Are they one person?"),
        "kept": kept,
        "other": other,
        "sides": [{"person": person, "crops": _crop_best_faces(person)} for person in (kept, other)],
        "preview": preview_merge(kept, other),
    }
    return render_page(request, "admin/galleries/person/merge.html", context)


def preview_merge(kept: Person, other: Person) -> MergePreview:
    """Return what would become of `other`, who would be `kept` from then on."""
    faces = PhotoFace.objects.filter(person=other)
    columns = {"email": _("e-mail"), "external_id": _("external id"), "avatar_url": _("avatar")}
    both = GalleryImage.objects.filter(faces__person=kept).filter(faces__person=other)
    return MergePreview(
        faces=faces.count(),
        photos=faces.values("photo").distinct().count(),
        groups=FaceCluster.objects.filter(person=other).count(),
        pictures=GalleryImage.objects.filter(subject=other).count(),
        taken_over=[str(name) for key, name in columns.items() if getattr(other, key) and not getattr(kept, key)],
        together=both.distinct().count(),
    )


def _crop_best_faces(person: Person) -> list[SafeString]:
    faces = select_shown(PhotoFace.objects.filter(person=person)).order_by("-verified", *BEST_FIRST)
    return [markup.face_crop(face) for face in faces[:FACES_COMPARED]]


def choose_avatar(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Make `face`, else the person's best one, their picture."""
    person, body = _require_person(request, pk), parse_body(request)
    if "face" in body:
        face = PhotoFace.objects.filter(person=person, pk=parse_uuid(body["face"])).first()
    else:
        face = avatars.find_best_face(person)
    if face is None:
        raise Http404
    avatars.set_avatar(person, face)
    log_change(request, person, [{"changed": {"fields": ["avatar"]}}])
    return answer_json(decisions=[], text=_("This is the picture now."))


def enrol_picture(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Take a picture by which the person is known from now on; with `sure` also one that may show somebody else."""
    person = _require_person(request, pk)
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise invalid_request()
    consent = _read_consent(request)
    doubt = None if request.POST.get("sure") else enrolment.find_doubt(person, files[0])
    if doubt:
        return answer_json(conflict=_describe_doubt(person, doubt))
    photo = enrolment.enrol(person, files[0], by=user_of(request), scope=Scope.SEARCH, consent=consent)
    log_change(request, person, [{"added": {"name": "enrolment picture", "object": photo.original_name}}])
    return answer_json(photo=str(photo.pk), text=_("The picture is being analysed."))


def _read_consent(request: HttpRequest) -> ConsentGiven | None:
    """Return the consent that the form says, whose day begins in the studio's zone. Raises as `ConsentGiven.build`."""
    typed = request.POST.get("consent_at", "")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise invalid_request() from None
    at = timezone.make_aware(datetime.combine(day, time.min)) if day else None
    return ConsentGiven.build(
        by=request.POST.get("consent_by", ""), at=at, notice=request.POST.get("consent_notice", "")
    )


def _describe_doubt(person: Person, doubt: EnrolmentDoubt) -> Context:
    """Return what the page asks: the doubt in words, a face to compare with, and whose page shows more."""
    shown, texts = person, []
    if doubt.other:
        shown = doubt.other.person
        texts.append(_("This face looks like another person: %(name)s.") % {"name": shown.real_name})
    if doubt.is_unlike:
        texts.append(_("It does not look like the confirmed faces of %(name)s.") % {"name": person.real_name})
    face = PhotoFace.objects.filter(pk=doubt.other.face.pk) if doubt.other else PhotoFace.objects.filter(person=person)
    best = select_shown(face).order_by("-verified", *BEST_FIRST).first()
    return {
        "text": " ".join(texts),
        "similarity": doubt.other.similarity if doubt.other else doubt.similarity,
        "crop": markup.face_crop(best) if best else "",
        "path": markup.change_page_path("person", shown.pk),
    }


def _find_person(request: HttpRequest, pk: UUID) -> Person:
    return find_visible(request, Person.objects.all(), pk)


def _require_person(request: HttpRequest, pk: UUID) -> Person:
    """Return the person for whoever may decide who somebody is. Raise PermissionDenied for who may look only."""
    person = _find_person(request, pk)
    require_role(request, person.studio_id, VERIFIERS)
    return person
