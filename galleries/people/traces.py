"""What is left of a person whose rows are gone for good: in decisions, the trash, logs and kept answers. All goes.

Also of those who were united with them: undoing that would bring the person back under the other name.
"""

from collections.abc import Iterable, Sequence

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q

from facepass.core.trash import erased_subjects
from facepass.core.trash.traces import GONE_ANSWER, NOBODY
from facepass.models import KeptAnswer, TrashRow
from galleries.faces.changes import PERSON_COLUMNS
from galleries.models import FaceDecision, Person
from galleries.models.decision import FaceDecisionQuerySet

PEOPLE = "galleries.Person"
# Columns of a person that say who it is; the others are addresses of pictures, notes and marks.
NAMING = ("real_name", "email", "external_id")
# In decisions that lie in the trash, with their event.
IN_TRASH = """
    UPDATE trash_rows SET content = ((content::jsonb #- '{before,people}') #- '{after,people}')::text
    WHERE label = 'galleries.FaceDecision' AND content LIKE %s
"""


def erase_traces(keys: Sequence[str]) -> None:
    """Delete what is told of these people, who have just gone for good. To be called before their rows in the trash go.

    A hook of `facepass.core.trash.registry.ERASED`, in the transaction that erases them.
    """
    everybody = _with_absorbed(set(keys))
    names = _names_in_trash(keys) | _names_in_decisions(everybody)
    _clear_decisions(everybody)
    _clear_log(everybody, names)
    _clear_answers(everybody | names)
    erased_subjects.record(PEOPLE, sorted(everybody - set(keys)))


def _with_absorbed(keys: set[str]) -> set[str]:
    """Return the people, and all who became one of them and are not there any more."""
    found, looked_at = set(keys), set[str]()
    while new := found - looked_at:
        looked_at |= new
        for decision in _decisions_about(new).standing().only("before", "after"):
            found |= decision.before.get("people", {}).keys() - decision.after.get("people", {}).keys()
    there = Person.objects.filter(pk__in=found - keys).values_list("pk", flat=True)
    return found - set(map(str, there))


def _decisions_about(keys: Iterable[str]) -> FaceDecisionQuerySet:
    told = Q(pk=None)
    for key in keys:
        told |= Q(before__people__has_key=key) | Q(after__people__has_key=key)
    return FaceDecision.objects.filter(told)


def _names_in_trash(keys: Sequence[str]) -> set[str]:
    rows = TrashRow.objects.filter(label=PEOPLE, reference="", key__in=list(keys))
    columns = [f"content::json ->> '{column}'" for column in NAMING]
    told = rows.extra(select=dict(zip(NAMING, columns, strict=True))).values_list(*NAMING)  # noqa: S610 - constants
    return {value for row in told for value in row if value}


def _names_in_decisions(keys: set[str]) -> set[str]:
    wanted = [PERSON_COLUMNS.index(column) for column in NAMING]
    states = [
        side["people"][key]
        for decision in _decisions_about(keys).only("before", "after")
        for side in (decision.before, decision.after)
        for key in keys & side.get("people", {}).keys()
    ]
    return {str(state[index]) for state in states for index in wanted if state[index] and state[index] != "None"}


def _clear_decisions(keys: set[str]) -> None:
    """Take the people out of decisions: they can be undone further on, and bring nobody back."""
    for decision in _decisions_about(keys).only("before", "after"):
        decision.before.pop("people", None)
        decision.after.pop("people", None)
        decision.save(update_fields=["before", "after"])
    with connection.cursor() as cursor:
        cursor.executemany(IN_TRASH, [[f"%{key}%"] for key in sorted(keys)])


def _clear_log(keys: set[str], names: set[str]) -> None:
    """Faces and groups are called in the admin's log as the person was, so it is looked for by name as well."""
    of_people = Q(content_type=ContentType.objects.get_for_model(Person), object_id__in=keys)
    LogEntry.objects.filter(of_people | Q(object_repr__in=[name[:200] for name in names])).update(object_repr=NOBODY)
    told = Q(pk=None)
    for name in names:
        told |= Q(change_message__contains=name)
    LogEntry.objects.filter(of_people | told).update(change_message="")


def _clear_answers(words: set[str]) -> None:
    """Replace answers that are kept for repeated requests. The request still counts as made, so nobody is made anew."""
    about = KeptAnswer.objects.extra(
        where=["EXISTS (SELECT FROM unnest(%s::bytea[]) word WHERE position(word IN body) > 0)"],
        params=[[word.encode() for word in sorted(words)]],
    )
    about.filter(status__isnull=False).update(**GONE_ANSWER)
