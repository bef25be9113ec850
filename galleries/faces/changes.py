"""What a decision changes: the rows that it touches, locked, their columns before and after, and how to undo it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.models import ApiKey, User
from galleries.faces import live_events
from galleries.models import FaceCluster, FaceDecision, GalleryImage, Occasion, Person, PhotoFace

FACE_COLUMNS = ("cluster_id", "person_id", "face_category", "verified", "recognition_confidence")
# The rows and columns that an undo restores, by the name under which a decision stores them.
TABLES: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "pictures": (GalleryImage, ("subject_id",)),
    "faces": (PhotoFace, FACE_COLUMNS),
    "groups": (FaceCluster, ("person_id", "rejected")),
}
# New ones at the end: older decisions hold fewer.
PERSON_COLUMNS = ("real_name", "email", "external_id", "avatar_url", "metadata", "notes", "is_vip", "is_hidden")

RowStates = dict[str, dict[str, list[Any]]]


class Change:
    """The rows that a decision touches, locked, and what they were before. To be used in a transaction.

    The faces are the given ones and those of the given groups. `people` are stored whole, because a decision may delete
    one of them.
    """

    def __init__(
        self,
        occasion: Occasion,
        *,
        groups: Iterable[FaceCluster] = (),
        faces: Iterable[PhotoFace] = (),
        pictures: Iterable[GalleryImage] = (),
        people: Iterable[Person] = (),
    ) -> None:
        self.occasion = occasion
        # Groups before faces, each in the order of their ids: whoever locks in another order could deadlock.
        self.groups = list(_lock_rows(FaceCluster, [group.pk for group in groups]))
        chosen = PhotoFace.objects.filter(pk__in=[face.pk for face in faces])
        in_groups = PhotoFace.objects.filter(cluster__in=self.groups)
        locked = (chosen | in_groups).order_by("pk").select_for_update()
        self.face_ids: list[UUID] = list(locked.values_list("pk", flat=True))
        self._ids: dict[str, list[UUID]] = {
            "faces": self.face_ids,
            "groups": [group.pk for group in self.groups],
            "pictures": [picture.pk for picture in pictures],
            "people": [person.pk for person in people],
        }
        self._before = self._states()

    def list_shown_face_ids(self) -> list[UUID]:
        """Return the faces that nobody rejected: a name for a whole group does not show the others again."""
        return list(PhotoFace.objects.filter(pk__in=self.face_ids).shown().values_list("pk", flat=True))

    def update_faces(self, *, only: Sequence[UUID] | None = None, **columns: Any) -> None:
        PhotoFace.objects.filter(pk__in=self.face_ids if only is None else only).update(**columns)

    def update_groups(self, **columns: Any) -> None:
        FaceCluster.objects.filter(pk__in=self._ids["groups"]).update(**columns)

    def update_pictures(self, **columns: Any) -> None:
        GalleryImage.objects.filter(pk__in=self._ids["pictures"]).update(**columns)

    def record(
        self,
        kind: FaceDecision.Kind,
        *,
        by: Principal,
        same: Sequence[UUID] = (),
        apart: Sequence[UUID] = (),
        person_id: UUID | None = None,
    ) -> FaceDecision:
        """Create the decision, with the rows as they are now, and publish it after the commit.

        `same`: faces of one person. `apart`: faces of nobody in `same`. `person_id`: whom it is about.
        """
        user, app = decision_author(by)
        decision = FaceDecision.objects.create(
            **self.occasion.fields,
            kind=kind,
            person_id=person_id,
            same=list(same),
            apart=list(apart),
            face_count=len(self.face_ids) or len(same),
            before=self._before,
            after=self._states(),
            made_by=user,
            made_with=app,
        )
        live_events.publish_decision(decision)
        return decision

    def _states(self) -> RowStates:
        states = {name: _states(model, self._ids[name], columns) for name, (model, columns) in TABLES.items()}
        states["people"] = _states(Person, self._ids["people"], (*PERSON_COLUMNS, "created_at"))
        return {name: rows for name, rows in states.items() if name in ("faces", "groups") or rows}


def decision_author(by: Principal) -> tuple[User | None, str]:
    """Return who decides, as a decision's columns name them: a user, or the name of an API key."""
    return (by if isinstance(by, User) else None), (by.name if isinstance(by, ApiKey) else "")


def restore(decision: FaceDecision) -> None:
    """Restore the rows to what they were before the decision. To be called in a transaction.

    Rows that were deleted since stay deleted, except people whom the decision itself removed. Raises FacePassError 409
    `changed_since` where a later decision changed one of the rows: that one must be undone first.
    """
    rows = {name: list(_lock_rows(model, decision.before.get(name, {}))) for name, (model, _columns) in TABLES.items()}
    for name, (_model, columns) in TABLES.items():
        if any(_state(row, columns) != decision.after[name][str(row.pk)] for row in rows[name]):
            raise FacePassError("changed_since", _("A later decision changed this. Undo that one first."), status=409)
    _restore_people(decision)
    for name, (model, columns) in TABLES.items():
        _restore(model, rows[name], decision.before.get(name, {}), columns)


def _restore_people(decision: FaceDecision) -> None:
    """Restore people who were united: the one who went is created again, with the same id.

    The one who stayed gives back what was taken over, where it has not been changed since.
    """
    before, after = decision.before.get("people", {}), decision.after.get("people", {})
    for person in Person.objects.filter(pk__in=after).select_for_update():
        pairs = zip(PERSON_COLUMNS, before[str(person.pk)][:-1], after[str(person.pk)][:-1], strict=False)
        unchanged = {column: was for column, was, became in pairs if getattr(person, column) == became}
        Person.objects.filter(pk=person.pk).update(**unchanged)
    # Stored before and not after: the decision deleted them. With whom they became one is perhaps deleted since, and
    # then so are they.
    if Person.objects.filter(pk__in=after).count() < len(after):
        return
    for pk in before.keys() - after.keys():
        *values, created_at = before[pk]
        Person.objects.create(
            pk=UUID(pk), studio_id=decision.studio_id, **dict(zip(PERSON_COLUMNS, values, strict=False))
        )
        # By an update, because `auto_now_add` overrides what `create` is given.
        Person.objects.filter(pk=pk).update(created_at=parse_datetime(created_at))


def _restore(
    model: type[models.Model], rows: Sequence[Any], states: dict[str, list[Any]], columns: Sequence[str]
) -> None:
    """Write the stored states into the rows. A column that named a person who is gone becomes null."""
    person_columns = [index for index, column in enumerate(columns) if column in ("person_id", "subject_id")]
    named = {state[index] for state in states.values() for index in person_columns}
    people = {str(pk) for pk in Person.objects.filter(pk__in=named - {None}).values_list("pk", flat=True)}
    for row in rows:
        for index, value in enumerate(states[str(row.pk)]):
            is_gone = index in person_columns and value not in people
            setattr(row, columns[index], None if is_gone else value)
    model._base_manager.bulk_update(rows, [column.removesuffix("_id") for column in columns], batch_size=500)


def _lock_rows(model: type[models.Model], ids: Iterable[Any]) -> "models.QuerySet[Any]":
    return model._base_manager.filter(pk__in=list(ids)).order_by("pk").select_for_update()


def _states(model: type[models.Model], ids: Sequence[UUID], columns: Sequence[str]) -> dict[str, list[Any]]:
    rows: Iterable[Any] = model._base_manager.filter(pk__in=ids).only(*columns) if ids else ()
    return {str(row.pk): _state(row, columns) for row in rows}


def _state(row: Any, columns: Sequence[str]) -> list[Any]:
    values = [getattr(row, column) for column in columns]
    return [value if isinstance(value, (bool, int, float, dict, type(None))) else str(value) for value in values]
