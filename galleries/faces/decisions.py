"""What people decide about faces: who they are, which belong together, which do not, which are no faces.

Each function changes the rows and records a FaceDecision in one transaction. The decision binds every later run of the
grouping, until `undo` takes it back. `by` is who decides. Whatever is locked is locked here: callers need no lock.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core import events
from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.models import EventType
from galleries.faces import changes, live_events
from galleries.faces.changes import Change
from galleries.models import FaceCluster, FaceDecision, GalleryImage, Occasion, Person, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.person import refuse_duplicates

Kind = FaceDecision.Kind


@transaction.atomic
def merge(groups: Sequence[FaceCluster], *, by: Principal, person: Person | None = None) -> FaceDecision:
    """Say that the groups show one person: the named group, else the largest, takes the faces of the others.

    `person`: whom they show, whatever the groups were named; the person's own group takes the faces then. Raises
    FacePassError 400 `nothing_to_merge` and `not_one_occasion`, and 409 `two_people` where the groups have different
    names.
    """
    change = Change(_occasion_of_groups(groups), groups=groups)
    named = {person.pk} if person else {group.person_id for group in change.groups if group.person_id}
    if len(change.groups) < 2:
        raise FacePassError("nothing_to_merge", _("Choose two groups or more."), status=400)
    if len(named) > 1:
        raise FacePassError("two_people", _("These groups have different names."), status=409)
    person_id = next(iter(named), None)
    kept = max(change.groups, key=lambda group: (group.person_id == person_id, group.size, str(group.pk)))
    change.update_faces(cluster_id=kept.pk)
    if person_id:
        change.update_faces(only=change.list_shown_face_ids(), **_name_columns(person_id))
    merged = [str(group.pk) for group in change.groups if group.pk != kept.pk]
    data = {"group_id": str(kept.pk), "merged_group_ids": merged, "person_id": person_id and str(person_id)}
    events.emit(EventType.PERSON_MERGED, studio_id=kept.studio_id, data=data)
    return change.record(Kind.MERGE, by=by, same=change.face_ids, person_id=person_id)


@transaction.atomic
def split(faces: Sequence[PhotoFace], *, by: Principal) -> FaceDecision:
    """Say that these faces of a group are not the person whom the rest shows: they become a group without a name.

    Raises FacePassError 400 `not_one_group` where the faces are of no group or of several, or the group's every face.
    """
    chosen = {face.pk for face in faces}
    group = _lock_only_group(chosen)
    rest = list(group.faces.exclude(pk__in=chosen).select_for_update().order_by("pk").values_list("pk", flat=True))
    if not rest:
        raise FacePassError("not_one_group", _("A group cannot be split from itself."), status=400)
    change = Change(group.occasion, faces=faces)
    new = FaceCluster.objects.create(**group.occasion.fields)
    change.update_faces(cluster_id=new.pk, **_name_columns(None))
    return change.record(Kind.SPLIT, by=by, same=change.face_ids, apart=rest)


def _lock_only_group(faces: Collection[UUID]) -> FaceCluster:
    """Return the one group of the faces, locked."""
    group_ids = set(PhotoFace.objects.filter(pk__in=faces).values_list("cluster_id", flat=True))
    groups = list(FaceCluster.objects.filter(pk__in=group_ids).select_for_update())
    if len(group_ids) != 1 or not groups or groups[0].faces.filter(pk__in=faces).count() != len(faces):
        raise FacePassError("not_one_group", _("Choose faces of one group."), status=400)
    return groups[0]


@transaction.atomic
def keep_apart(one: FaceCluster, other: FaceCluster, *, by: Principal) -> FaceDecision:
    """Say that the two groups show different people, however similar they are."""
    change = Change(_occasion_of_groups([one, other]))
    groups = FaceCluster.objects.filter(pk__in=[one.pk, other.pk]).order_by("pk").select_for_update()
    faces = {group.pk: list(group.faces.values_list("pk", flat=True)) for group in groups}
    return change.record(Kind.APART, by=by, same=faces.get(one.pk, []), apart=faces.get(other.pk, []))


@transaction.atomic
def name(group: FaceCluster, person: Person | None, *, by: Principal) -> FaceDecision:
    """Say that every face of the group shows that person. None takes a name away, and no model gives it again."""
    change = Change(group.occasion, groups=[group])
    change.update_groups(person_id=person.pk if person else None)
    shown = change.list_shown_face_ids()
    change.update_faces(only=shown, **_name_columns(person.pk if person else None))
    same = shown if person else []
    return change.record(Kind.NAME, by=by, same=same, person_id=person.pk if person else None)


@transaction.atomic
def assign(faces: Sequence[PhotoFace], person: Person | None, *, by: Principal) -> FaceDecision:
    """Say that single faces show that person.

    A face leaves a group that has another name, for the person's own if there is one. None takes the names away, and no
    model gives them again; the faces leave the groups that have them. Raises FacePassError 400 `not_one_occasion` for
    faces of several photo sessions, or for none.
    """
    change = Change(_occasion_of_faces(faces), faces=faces)
    change.update_faces(**_name_columns(person.pk if person else None))
    fitting = {None, person.pk if person else None}
    own = person and FaceCluster.objects.within(change.occasion).filter(person=person, rejected=False).first()
    strays = [face.pk for face in faces if own or (face.cluster and face.cluster.person_id not in fitting)]
    change.update_faces(only=strays, cluster_id=own.pk if own else None)
    return change.record(Kind.NAME, by=by, person_id=person.pk if person else None)


@transaction.atomic
def move(faces: Sequence[PhotoFace], group: FaceCluster, *, by: Principal) -> FaceDecision:
    """Say that single faces show whom the group shows, and not whom their former groups show.

    They have the group's name, or none. Raises FacePassError 400 `not_one_occasion` where they are not of the group's.
    """
    moved = [face.pk for face in faces]
    if _occasion_of_faces(faces) != group.occasion:
        raise FacePassError("not_one_occasion", _("Choose faces of one photo session."), status=400)
    change = Change(group.occasion, groups=[group], faces=faces)
    former = PhotoFace.objects.filter(pk__in=moved).exclude(cluster=None).exclude(cluster=group.pk).values("cluster")
    left = PhotoFace.objects.filter(cluster__in=former).exclude(pk__in=moved)
    apart = list(left.values_list("pk", flat=True))
    change.update_faces(only=moved, cluster_id=group.pk, **_name_columns(group.person_id))
    return change.record(Kind.MERGE, by=by, same=change.face_ids, apart=apart, person_id=group.person_id)


@transaction.atomic
def reject(group: FaceCluster, *, by: Principal, kind: FaceDecision.Kind = Kind.REJECT) -> FaceDecision:
    """Say that the group's faces are no faces or, with the kind HIDE, nobody who should be found.

    Search and grouping leave them out.
    """
    change = Change(group.occasion, groups=[group])
    change.update_groups(rejected=True)
    change.update_faces(face_category=FaceCategory.IGNORED)
    return change.record(kind, by=by)


@transaction.atomic
def ignore(faces: Sequence[PhotoFace], *, by: Principal, kind: FaceDecision.Kind = Kind.REJECT) -> FaceDecision:
    """Reject single faces of one occasion, as `reject` does those of a group."""
    change = Change(Occasion.for_gallery(faces[0].gallery), faces=faces)
    change.update_faces(face_category=FaceCategory.IGNORED)
    return change.record(kind, by=by)


@transaction.atomic
def confirm(faces: Sequence[PhotoFace], *, by: Principal) -> FaceDecision:
    """Say that the names that these faces have are right. How sure the model was of each is kept beside it.

    Raises FacePassError 400 `not_one_occasion` as `assign` does, and `not_named` where one has no name.
    """
    change = Change(_occasion_of_faces(faces), faces=faces)
    proposed = PhotoFace.objects.filter(pk__in=change.face_ids)
    if proposed.filter(person=None).exists():
        raise FacePassError("not_named", _("A face without a name cannot be confirmed."), status=400)
    change.update_faces(verified=True, face_category=FaceCategory.KNOWN)
    return change.record(Kind.CONFIRM, by=by)


@transaction.atomic
def confirm_all(faces: Sequence[PhotoFace], *, by: Principal) -> list[FaceDecision]:
    """Confirm the names of faces of several occasions: one decision for each occasion."""
    by_occasion: dict[Occasion, list[PhotoFace]] = defaultdict(list)
    for face in faces:
        by_occasion[Occasion.for_gallery(face.gallery)].append(face)
    return [confirm(chosen, by=by) for chosen in by_occasion.values()]


@transaction.atomic
def deny(face: PhotoFace, *, by: Principal) -> FaceDecision:
    """Say that the face is not the person whose name it has: it leaves their group, and no grouping brings it back.

    Raises FacePassError 400 `not_named` where it has no name.
    """
    if face.person_id is None:
        raise FacePassError("not_named", _("A face without a name cannot be confirmed."), status=400)
    change = Change(_occasion_of_faces([face]), faces=[face])
    theirs = PhotoFace.objects.within(change.occasion).filter(person=face.person_id)
    rest = list(theirs.exclude(pk=face.pk).values_list("pk", flat=True))
    change.update_faces(cluster_id=None, **_name_columns(None))
    return change.record(Kind.DENY, by=by, same=[face.pk], apart=rest, person_id=face.person_id)


@transaction.atomic
def unite(kept: Person, gone: Person, *, by: Principal) -> FaceDecision:
    """Say that two people of a studio are one: `kept` takes over what belongs to `gone`, who is deleted.

    That is the faces, groups and enrolment pictures, the notes, and the e-mail, external id, avatar and VIP mark where
    `kept` has none.
    Raises FacePassError 400 `nothing_to_merge` for one person, or for people of two studios.
    """
    if kept.pk == gone.pk or kept.studio_id != gone.studio_id:
        raise FacePassError("nothing_to_merge", _("Choose two people of one studio."), status=400)
    list(Person.objects.filter(pk__in=[kept.pk, gone.pk]).order_by("pk").select_for_update())  # as naming.py does
    groups, faces = FaceCluster.objects.filter(person=gone), PhotoFace.objects.filter(person=gone)
    pictures = GalleryImage.objects.filter(subject=gone)
    change = Change(Occasion(kept.studio_id), groups=groups, faces=faces, pictures=pictures, people=[kept, gone])
    change.update_faces(only=list(faces.values_list("pk", flat=True)), person_id=kept.pk)
    change.update_groups(person_id=kept.pk)
    change.update_pictures(subject_id=kept.pk)
    taken_over = ("email", "external_id", "avatar_url", "is_vip")
    lacking = {name: getattr(gone, name) for name in taken_over if not getattr(kept, name)}
    notes = "\n".join(filter(None, [kept.notes, gone.notes]))[: Person._meta.get_field("notes").max_length]
    # Deleted first: e-mail and external id are unique within a studio.
    Person.objects.filter(pk=gone.pk).delete()
    Person.objects.filter(pk=kept.pk).update(**lacking, notes=notes)
    data = {"person_id": str(kept.pk), "merged_person_ids": [str(gone.pk)]}
    events.emit(EventType.PERSON_MERGED, studio_id=kept.studio_id, data=data)
    return change.record(Kind.UNITE, by=by, person_id=kept.pk)


@transaction.atomic
def show(faces: Sequence[PhotoFace], *, by: Principal) -> FaceDecision:
    """Say that these are faces after all, of one occasion. A rejected one is shown again, a drawn one as new."""
    change = Change(Occasion.for_gallery(faces[0].gallery), faces=faces)
    named = [face.pk for face in faces if face.person_id]
    # A face that had a name when it was rejected has it again.
    change.update_faces(face_category=FaceCategory.UNKNOWN)
    change.update_faces(only=named, face_category=FaceCategory.KNOWN)
    return change.record(Kind.SHOW, by=by)


@transaction.atomic
def undo(decision: FaceDecision, *, by: Principal) -> None:
    """Restore faces, groups and people to what they were before the decision. A second call does nothing.

    Faces that were deleted since stay deleted. Raises FacePassError 409 `changed_since` where a later decision changed
    one of the rows, which must be undone first, and `email_taken` or `external_id_taken` where somebody new has what a
    person who comes back had.
    """
    standing = FaceDecision.objects.standing().filter(pk=decision.pk).select_for_update().first()
    if standing is None:
        return
    with refuse_duplicates():
        changes.restore(standing)
    standing.undone_at = timezone.now()
    standing.undone_by, standing.undone_with = changes.decision_author(by)
    standing.save(update_fields=["undone_at", "undone_by", "undone_with"])
    live_events.publish_decision(standing)


def _name_columns(person_id: UUID | None) -> dict[str, Any]:
    """Return the columns of a face that a person named; they say nothing of a similarity, because no model did it."""
    return {
        "person_id": person_id,
        "verified": person_id is not None,
        "face_category": FaceCategory.KNOWN if person_id else FaceCategory.UNKNOWN,
        "recognition_confidence": None,
    }


def _occasion_of_groups(groups: Sequence[FaceCluster]) -> Occasion:
    occasions = {group.occasion for group in groups}
    if len(occasions) != 1:
        raise FacePassError("not_one_occasion", _("Choose groups of one photo session."), status=400)
    return occasions.pop()


def _occasion_of_faces(faces: Sequence[PhotoFace]) -> Occasion:
    occasions = {Occasion.for_gallery(face.gallery) for face in faces}
    if len(occasions) != 1:
        raise FacePassError("not_one_occasion", _("Choose faces of one photo session."), status=400)
    return occasions.pop()
