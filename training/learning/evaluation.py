"""What a training is judged by: error rates on photos and people that were held out, before it and after it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recognition.evaluation import error_rates
from recognition.evaluation.error_rates import Numbers
from training.learning.scoring import Scored

FARS, FPIR = (1e-2, 1e-3, 1e-4), 1e-2
WORST, BARS = 10, 40


@dataclass(frozen=True, slots=True)
class Judged:
    """One way to know people, by similarities, at one threshold. `as_json` has shares from 0 to 1."""

    scored: Scored
    threshold: float

    @property
    def open_set(self) -> error_rates.OpenSet:
        return error_rates.open_set_rates(self.scored.searches, self.threshold)

    def as_json(self) -> dict[str, Any]:
        searches = self.scored.searches
        return {
            **self.open_set.as_json(),
            "accuracy_interval": error_rates.proportion_interval(self._decided_rightly()).as_json(),
            "known": int(searches.known.sum()),
            "strangers": int((~searches.known).sum()),
            "eer": _rounded(self._equal_error()),
            "tar_at_far": [self._tar(far) for far in FARS if self._impostors.sum() * far >= 1],
            "at_fpir": self._at_fpir(),
            "worst": self._worst(),
            "histogram": self._histogram(),
        }

    def _decided_rightly(self) -> NDArray[np.bool_]:
        searches = self.scored.searches
        named = searches.score >= self.threshold
        return np.asarray(np.where(searches.known, named & searches.right, ~named), np.bool_)

    @property
    def _impostors(self) -> NDArray[np.int64]:
        return np.asarray(self.scored.impostors.sum(axis=0), np.int64)

    @property
    def _genuine(self) -> Numbers:
        return np.sort(self.scored.own[~np.isnan(self.scored.own)])

    def _fmr(self) -> Numbers:
        """At the upper end of each step."""
        counts = self._impostors
        return np.asarray(1 - np.cumsum(counts) / max(1, counts.sum()), np.float64)

    def _fnmr(self) -> Numbers:
        return np.searchsorted(self._genuine, self.scored.edges, side="left") / max(1, len(self._genuine))

    def _equal_error(self) -> float | None:
        if not (len(self._genuine) and self._impostors.any()):
            return None
        fmr, fnmr = self._fmr(), self._fnmr()
        nearest = int(np.argmin(np.abs(fmr - fnmr)))
        return float(fmr[nearest] + fnmr[nearest]) / 2

    def _tar(self, far: float) -> dict[str, Any]:
        threshold = float(self.scored.edges[np.argmax(self._fmr() <= far)])
        matched = self._genuine >= threshold
        found = error_rates.proportion_interval(matched).as_json() if len(matched) else None
        return {"far": far, "threshold": round(threshold, 4), "tar": found}

    def _at_fpir(self) -> dict[str, float] | None:
        """The threshold at which one stranger in a hundred is named: the more people are known, the higher it is."""
        strangers = int((~self.scored.searches.known).sum())
        if strangers * FPIR < 1 or strangers == len(self.scored.own):
            return None
        threshold = error_rates.threshold_at_fpir(self.scored.searches, FPIR)
        found = 1 - (error_rates.open_set_rates(self.scored.searches, threshold).fnir or 0.0)
        return {"fpir": FPIR, "threshold": round(threshold, 4), "found": round(found, 6)}

    def _worst(self) -> list[dict[str, Any]]:
        """The people who are found least, and for whom they are taken most often where the wrong one is named."""
        searches = self.scored.searches
        named = searches.score >= self.threshold
        own: dict[UUID, list[int]] = {}
        for i in np.flatnonzero(searches.known).tolist():
            own.setdefault(self.scored.shown[i], []).append(i)
        rows = [_of_person(person, rows, named, self.scored) for person, rows in own.items()]
        missed = [row for row in rows if row["found"] < row["faces"]]
        return sorted(missed, key=lambda row: (row["found"] / row["faces"], -row["faces"]))[:WORST]

    def _histogram(self) -> dict[str, list[float]]:
        """Shares of the comparisons in BARS equal steps of similarity, from 0 to 1."""
        genuine, _edges = np.histogram(self._genuine, BARS, (0, 1))
        impostor = self._impostors.reshape(BARS, -1).sum(axis=1)
        parts = {"genuine": genuine, "impostor": impostor}
        return {name: [round(float(n), 5) for n in part / max(1, part.sum())] for name, part in parts.items()}


def not_worse(before: Judged, after: Judged) -> bool:
    """The gate: nothing that was measured may be worse. Where nothing was measured, nobody can say."""
    old, new = before.open_set, after.open_set
    if old.rank1 is None or new.rank1 is None or old.fpir is None or new.fpir is None:
        return False
    return new.rank1 >= old.rank1 and new.accuracy >= old.accuracy and new.fpir <= old.fpir


def _of_person(person: UUID, rows: list[int], named: NDArray[np.bool_], scored: Scored) -> dict[str, Any]:
    wrong = Counter(str(scored.taken_for[i]) for i in rows if named[i] and not scored.searches.right[i])
    return {
        "person": str(person),
        "faces": len(rows),
        "found": int(sum(named[i] and scored.searches.right[i] for i in rows)),
        "taken_for": wrong.most_common(1)[0][0] if wrong else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
