"""The page of the names that a version would change: each of them, by kind, before anybody changes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from galleries.models import Job, Person, PhotoFace
from galleries.staff_kit import markup
from training import name_changes, renaming
from training.models import FaceTrainingSession
from training.name_changes import ChangeKind, NameChange

PER_PAGE = 100
KIND_TITLES: dict[ChangeKind, Promise] = {
    ChangeKind.GAINED: _("Gain a name"),
    ChangeKind.LOST: _("Lose their name"),
    ChangeKind.CHANGED: _("Get another name"),
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change with a crop of the face and the names of people."""

    kind: Promise
    crop: str
    path: str
    was: str
    becomes: str
    similarity: float


@dataclass(frozen=True, slots=True)
class KindTab:
    """A kind of change as a tab: its key in the address, title, and how many changes are of it."""

    key: str
    title: Promise
    number: int


@dataclass(frozen=True, slots=True)
class ChangesSummary:
    """What is known of the names that a training's version would change.

    `count` of `assignments` names, by `kinds`; `unlisted` of them beyond the list. `listed_at`: None for a list from
    before this was kept. `job`: what lists or changes them now.
    """

    assignments: int
    count: int
    unlisted: int
    applied: int
    kinds: list[KindTab]
    listed_at: datetime | None
    job: Job | None


def summarise_changes(session: FaceTrainingSession, job: Job | None) -> ChangesSummary:
    """Return the numbers of the training's list; all are 0 where it has none. `job`: of `renaming.find_jobs`."""
    changes = session.changes
    numbers = name_changes.count_by_kind(changes)
    count = sum(numbers.values())
    return ChangesSummary(
        assignments=changes.get("assignments", 0),
        count=count,
        unlisted=count - len(changes.get("listed", [])),
        applied=changes.get("applied", 0),
        kinds=[KindTab(kind.value, KIND_TITLES[kind], number) for kind, number in numbers.items()],
        listed_at=parse_datetime(changes.get("listed_at", "")),
        job=job,
    )


def build_context(session: FaceTrainingSession, *, kind: str, page: str) -> dict[str, object]:
    """Return what the page shows: the summary, and one page of the changes of that kind, of all with none."""
    listed = [change for change in name_changes.read_listed(session.changes) if kind in ("", change.kind)]
    shown = Paginator(listed, PER_PAGE).get_page(page)
    return {
        "session": session,
        "names": summarise_changes(session, renaming.find_jobs([session]).get(session.pk)),
        "kind": kind,
        "page": shown,
        "changes": show_changes(shown.object_list),
    }


def show_changes(listed: Iterable[NameChange]) -> list[ShownChange]:
    """Return the changes whose face is still there."""
    rows = list(listed)
    faces = PhotoFace.objects.select_related("photo").defer("insightface_descriptor", "landmarks")
    by_id = {str(pk): face for pk, face in faces.in_bulk([row.face for row in rows]).items()}
    people = Person.objects.in_bulk({pk for row in rows for pk in (row.was, row.becomes) if pk})
    names = {str(pk): person.real_name for pk, person in people.items()}
    return [
        ShownChange(
            KIND_TITLES[row.kind],
            markup.face_crop(by_id[row.face], alt=gettext("face")),
            markup.change_page_path("photoface", row.face),
            names.get(row.was or "", "–"),
            names.get(row.becomes or "", "–"),
            row.similarity,
        )
        for row in rows
        if row.face in by_id
    ]
