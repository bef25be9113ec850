"""What a training's page shows: figures before and after, plots, who is found least, names that would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from facepass.core import charts
from facepass.core.figures import format_decimal, format_percent
from galleries.models import Person
from training import renaming
from training.admin import names_page
from training.models import FaceTrainingSession

# A part of a training's `metrics`, as `training.learning` writes them to its row.
Metrics = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure before and after the training; `meaning` says in a sentence what it is."""

    name: str
    meaning: str
    before: str
    after: str


def build_context(session: FaceTrainingSession, *, may_train: bool) -> dict[str, object]:
    """Return what the training's page shows; figures and plots only of one that held somebody out to test with."""
    jobs = renaming.find_jobs([session])
    before, after = session.metrics.get("before"), session.metrics.get("after")
    return {
        "session": session,
        "may_train": may_train,
        "figures": compare_figures(before, after) if before and after else [],
        "plots": [(_("before"), _draw_scores(before)), (_("after"), _draw_scores(after))] if before and after else [],
        "worst": name_worst(after["worst"]) if after else [],
        "thresholds": session.metrics.get("thresholds", []),
        "names": names_page.summarise_changes(session, jobs.get(session.pk)) if session.changes else None,
        "acts": list(session.acts.all()),
    }


def _draw_scores(metrics: Metrics) -> charts.Histogram:
    """Return the histogram of `before` or `after` of a training's metrics."""
    bins = metrics["histogram"]
    return charts.draw_histogram(bins["genuine"], bins["impostor"], threshold=metrics["threshold"])


def compare_figures(before: Metrics, after: Metrics) -> list[Figure]:
    """Return the measures of both versions on the same held-out photos."""
    rows = [
        ("accuracy", _("Accuracy"), _("Known people given the right name, and strangers given none")),
        (
            "rank1",
            _("Best match is right"),
            _("Known people whose best match is the right person, whatever the similarity"),
        ),
        ("fnir", _("Missed"), _("Known people who were not given their name")),
        ("fpir", _("Strangers named"), _("Strangers who were given somebody's name")),
        (
            "eer",
            _("Equal error rate"),
            _("At the threshold where false matches and false non-matches are equally frequent"),
        ),
    ]
    found = [Figure(name, meaning, _percent(before[key]), _percent(after[key])) for key, name, meaning in rows]
    for old, new in zip(before["tar_at_far"], after["tar_at_far"], strict=False):
        meaning = _("True match rate at this false match rate")
        values = [_percent(one["tar"] and one["tar"]["value"]) for one in (old, new)]
        found.append(Figure(f"TAR@FAR {format_decimal(new['far'])}", meaning, *values))
    if after["at_fpir"] and before["at_fpir"]:
        meaning = _(
            "Known people given their name at the threshold (in brackets) where 1 in 100 strangers is given one too"
        )
        points = [one["at_fpir"] for one in (before, after)]
        values = [f"{_percent(point['found'])} ({format_decimal(point['threshold'], 2)})" for point in points]
        found.append(Figure(_("Recognised, with 1 in 100 strangers named"), meaning, *values))
    return found


def name_worst(rows: Sequence[Metrics]) -> list[dict[str, object]]:
    """Return who is found least, and whom they are taken for, as the people who still exist."""
    ids = {pk for row in rows for pk in (row["person"], row["taken_for"]) if pk}
    names = Person.objects.in_bulk(ids)
    by_id = {str(pk): person for pk, person in names.items()}
    return [
        {**row, "name": by_id.get(row["person"]), "taken_for": by_id.get(row["taken_for"])}
        for row in rows
        if row["person"] in by_id
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else format_percent(value, 1)
