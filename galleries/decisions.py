"""What people decide about faces: who they are, which belong together, which do not, which are no faces.

Each verb writes the change and a FaceDecision in one transaction. The decision binds every later run of the grouping,
until `undo` takes it back.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass import events
from facepass.errors import FacePassError
from facepass.models import ApiKey, EventType, User
from facepass.tenancy import Principal
from galleries.models import FaceCluster, FaceDecision, Occasion, Person, PhotoFace
from galleries.models.face import FaceCategory

Kind = FaceDecision.Kind
FACE_COLUMNS = ("cluster_id", "person_id", "face_category", "verified", "recognition_confidence")
GROUP_COLUMNS = ("person_id", "rejected")


@transaction.atomic
def merge(groups: Sequence[FaceCluster], *, by: Principal) -> FaceDecision:
    """They show one person. The named group, else the largest, takes the faces of the others.

    Raises FacePassError: 400 `nothing_to_merge`, 409 `two_people` where the groups have different names.
    """
    change = _Change(_occasion(groups), groups=groups)
    named = {group.person_id for group in change.groups if group.person_id}
    if len(change.groups) < 2:
        raise FacePassError("nothing_to_merge", _("Choose two groups or more."), status=400)
    if len(named) > 1:
        raise FacePassError("two_people", _("These groups have different names."), status=409)
    kept = max(change.groups, key=lambda group: (group.person_id is not None, group.size, str(group.pk)))
    change.of_faces(cluster_id=kept.pk)
    if named:
        change.of_faces(**_named(named.pop()))
    merged = [str(group.pk) for group in change.groups if group.pk != kept.pk]
    person_id = kept.person_id and str(kept.person_id)
    data = {"group_id": str(kept.pk), "merged_group_ids": merged, "person_id": person_id}
    events.emit(EventType.PERSON_MERGED, studio_id=kept.studio_id, data=data)
    return change.record(Kind.MERGE, by=by, same=change.face_ids)


@transaction.atomic
def split(faces: Sequence[PhotoFace], *, by: Principal) -> FaceDecision:
    """These faces of a group are not the person whom the rest of it shows; they become a group without a name.

    Raises FacePassError 400 `not_one_group` where the faces are of no group or of several, or the group's every face.
    """
    homes = {face.cluster_id for face in faces}
    group = FaceCluster.objects.filter(faces__in=faces).first()
    if group is None or len(homes) != 1:
        raise FacePassError("not_one_group", _("Choose faces of one group."), status=400)
    rest = list(group.faces.exclude(pk__in=[face.pk for face in faces]).values_list("pk", flat=True))
    if not rest:
        raise FacePassError("not_one_group", _("A group can not be split from itself."), status=400)
    change = _Change(group.occasion, faces=faces)
    new = FaceCluster.objects.create(**group.occasion.fields)
    change.of_faces(cluster_id=new.pk, **_named(None))
    return change.record(Kind.SPLIT, by=by, same=change.face_ids, apart=rest)


@transaction.atomic
def keep_apart(one: FaceCluster, other: FaceCluster, *, by: Principal) -> FaceDecision:
    """The two groups show different people, however alike they are."""
    same = list(one.faces.values_list("pk", flat=True))
    apart = list(other.faces.values_list("pk", flat=True))
    return _Change(_occasion([one, other])).record(Kind.APART, by=by, same=same, apart=apart)


@transaction.atomic
def name(group: FaceCluster, person: Person | None, *, by: Principal) -> FaceDecision:
    """Every face of the group shows that person; None takes a name away."""
    change = _Change(group.occasion, groups=[group])
    change.of_groups(person_id=person.pk if person else None)
    change.of_faces(**_named(person.pk if person else None))
    return change.record(Kind.NAME, by=by, same=change.face_ids if person else [])


@transaction.atomic
def assign(faces: Sequence[PhotoFace], person: Person | None, *, by: Principal) -> FaceDecision:
    """Single faces show that person. A face leaves a group that has another name, for the person's own if there is one.

    Raises FacePassError 400 `not_one_occasion` for faces of several photo sessions, or for none.
    """
    occasions = {Occasion.of_gallery(face.gallery) for face in faces}
    if len(occasions) != 1:
        raise FacePassError("not_one_occasion", _("Choose faces of one photo session."), status=400)
    change = _Change(occasions.pop(), faces=faces)
    change.of_faces(**_named(person.pk if person else None))
    if person:
        own = FaceCluster.objects.within(change.occasion).filter(person=person, rejected=False).first()
        strays = [
            face.pk for face in faces if own or (face.cluster and face.cluster.person_id not in {None, person.pk})
        ]
        change.of_faces(only=strays, cluster_id=own.pk if own else None)
    return change.record(Kind.NAME, by=by)


@transaction.atomic
def reject(group: FaceCluster, *, by: Principal) -> FaceDecision:
    """The group's faces are no faces, or nobody who should be found: search and grouping leave them out."""
    change = _Change(group.occasion, groups=[group])
    change.of_groups(rejected=True)
    change.of_faces(face_category=FaceCategory.IGNORED)
    return change.record(Kind.REJECT, by=by)


@transaction.atomic
def ignore(faces: Sequence[PhotoFace], *, by: Principal) -> FaceDecision:
    """As `reject`, for single faces of one occasion."""
    change = _Change(Occasion.of_gallery(faces[0].gallery), faces=faces)
    change.of_faces(face_category=FaceCategory.IGNORED)
    return change.record(Kind.REJECT, by=by)


@transaction.atomic
def show(faces: Sequence[PhotoFace], *, by: Principal) -> FaceDecision:
    """They are faces after all, of one occasion: hidden ones are shown again, one drawn by hand for the first time."""
    change = _Change(Occasion.of_gallery(faces[0].gallery), faces=faces)
    named = [face.pk for face in faces if face.person_id]
    change.of_faces(face_category=FaceCategory.UNKNOWN)
    change.of_faces(only=named, face_category=FaceCategory.KNOWN)
    return change.record(Kind.SHOW, by=by)


@transaction.atomic
def undo(decision: FaceDecision) -> None:
    """Faces and groups are again what they were; faces that are gone stay gone. A second call does nothing.

    Raises FacePassError 409 `changed_since` where a later decision changed one of them: that one must go first.
    """
    standing = FaceDecision.objects.standing().filter(pk=decision.pk).select_for_update().first()
    if standing is None:
        return
    faces = list(PhotoFace.objects.filter(pk__in=standing.before.get("faces", {})).select_for_update())
    groups = list(FaceCluster.objects.filter(pk__in=standing.before.get("groups", {})).select_for_update())
    for rows, kind, columns in ((faces, "faces", FACE_COLUMNS), (groups, "groups", GROUP_COLUMNS)):
        if any(_state(row, columns) != standing.after[kind][str(row.pk)] for row in rows):
            raise FacePassError("changed_since", _("A later decision changed this. Undo that one first."), status=409)
    _restore(PhotoFace, faces, standing.before.get("faces", {}), FACE_COLUMNS)
    _restore(FaceCluster, groups, standing.before.get("groups", {}), GROUP_COLUMNS)
    standing.undone_at = timezone.now()
    standing.save(update_fields=["undone_at"])


class _Change:
    """The rows that a decision touches, locked, and what they were before."""

    def __init__(
        self, occasion: Occasion, *, groups: Iterable[FaceCluster] = (), faces: Iterable[PhotoFace] = ()
    ) -> None:
        self.occasion = occasion
        self._group_rows = FaceCluster.objects.filter(pk__in=[group.pk for group in groups])
        self.groups = list(self._group_rows.order_by("pk").select_for_update())
        chosen = PhotoFace.objects.filter(pk__in=[face.pk for face in faces])
        inside = PhotoFace.objects.filter(cluster__in=self.groups)
        self._faces = list((chosen | inside).order_by("pk").select_for_update().values("pk", *FACE_COLUMNS))
        self.face_ids: list[UUID] = [face["pk"] for face in self._faces]
        self._before = self._states()

    def of_faces(self, *, only: Sequence[UUID] | None = None, **columns: Any) -> None:
        PhotoFace.objects.filter(pk__in=self.face_ids if only is None else only).update(**columns)

    def of_groups(self, **columns: Any) -> None:
        self._group_rows.update(**columns)

    def record(
        self, kind: Kind, *, by: Principal, same: Sequence[UUID] = (), apart: Sequence[UUID] = ()
    ) -> FaceDecision:
        return FaceDecision.objects.create(
            **self.occasion.fields,
            kind=kind,
            same=list(same),
            apart=list(apart),
            before=self._before,
            after=self._states(),
            made_by=by if isinstance(by, User) else None,
            made_with=by.name if isinstance(by, ApiKey) else "",
        )

    def _states(self) -> dict[str, dict[str, list[Any]]]:
        faces = PhotoFace.objects.filter(pk__in=self.face_ids).only(*FACE_COLUMNS)
        return {
            "faces": {str(face.pk): _state(face, FACE_COLUMNS) for face in faces},
            "groups": {str(group.pk): _state(group, GROUP_COLUMNS) for group in self._group_rows.all()},
        }


def _state(row: PhotoFace | FaceCluster, columns: Sequence[str]) -> list[Any]:
    values = [getattr(row, column) for column in columns]
    return [str(value) if isinstance(value, UUID) else value for value in values]


def _restore(
    model: type[PhotoFace] | type[FaceCluster],
    rows: Sequence[PhotoFace] | Sequence[FaceCluster],
    states: dict[str, list[Any]],
    columns: Sequence[str],
) -> None:
    named = [state[columns.index("person_id")] for state in states.values()]
    people = {str(pk) for pk in Person.objects.filter(pk__in=named).values_list("pk", flat=True)}
    for row in rows:
        for column, value in zip(columns, states[str(row.pk)], strict=True):
            gone = column == "person_id" and value not in people
            setattr(row, column, None if gone else value)
    model.objects.bulk_update(rows, [column.removesuffix("_id") for column in columns])  # type: ignore[arg-type]


def _named(person_id: UUID | None) -> dict[str, Any]:
    """A person's word needs no similarity beside it."""
    return {
        "person_id": person_id,
        "verified": person_id is not None,
        "face_category": FaceCategory.KNOWN if person_id else FaceCategory.UNKNOWN,
        "recognition_confidence": None,
    }


def _occasion(groups: Sequence[FaceCluster]) -> Occasion:
    occasions = {group.occasion for group in groups}
    if len(occasions) != 1:
        raise FacePassError("not_one_occasion", _("Choose groups of one photo session."), status=400)
    return occasions.pop()
