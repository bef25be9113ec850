"""Where a recognition setting comes from: the defaults, the installation, a studio or one of its events.

Each level has what it says otherwise than the level above it. What studios and events may say, the installation's
bounds limit; a value that lies outside, because the bounds were narrowed later, counts as the nearest one inside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from annotated_types import Ge, Le
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from facepass.core.database.storable_values import replace_surrogates
from facepass.core.errors import FacePassError
from recognition.config import KEY, RecognitionSettings
from recognition.types import DetectionMode

Source = Literal["default", "installation", "studio", "event"]
Values = dict[str, Any]
# A range of a number, a list of words, or None where the installation's value holds for all.
Bound = tuple[float, float] | tuple[str, ...] | None
Sources = dict[str, Source | dict[str, Source]]
BOUNDS_KEY = "override_bounds"
DETECTION_MODES: tuple[str, ...] = get_args(RecognitionSettings.model_fields["detection"].annotation)
# Similarities below which a studio's guests would be given each other's photos: 0.5 is one stranger in 1,000.
SAFE_THRESHOLDS: dict[str, tuple[float, float]] = {
    "search": (0.5, 1),
    "possible": (0, 0.2),
    "identify": (0.5, 1),
    "group": (0.5, 1),
    "suggest": (0.3, 1),
    "assign": (0.6, 1),
    "verify": (0.5, 1),
}


# What names people in the whole studio, so that no event has its own.
STUDIO_WIDE = frozenset(f"confidence_thresholds.{name}" for name in ("identify", "assign", "verify"))


@dataclass(frozen=True, slots=True)
class EffectiveSettings:
    """The settings in force, in the shape of `RecognitionSettings`, with the source and the bound of each."""

    settings: RecognitionSettings
    sources: Sources
    bounds: dict[str, Any]


def field_range(part: type[BaseModel], name: str) -> tuple[float, float]:
    """Return the least and the greatest value that a number of the settings can have at all."""
    metadata = part.model_fields[name].metadata
    low = next(float(str(bound.ge)) for bound in metadata if isinstance(bound, Ge))
    high = next(float(str(bound.le)) for bound in metadata if isinstance(bound, Le))
    return low, high


def list_parts() -> dict[str, type[BaseModel]]:
    """Return the parts of the settings that have fields of their own, by name."""
    fields = RecognitionSettings.model_fields
    kinds = {name: field.annotation for name, field in fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, BaseModel)}


def default_bounds() -> dict[str, Any]:
    """Return what studios may set where the installation says nothing else."""
    ranges = {name: {field: field_range(part, field) for field in part.model_fields} for name, part in _parts()}
    return {"detection": DETECTION_MODES, **ranges, "confidence_thresholds": dict(SAFE_THRESHOLDS)}


def _parts() -> Iterable[tuple[str, type[BaseModel]]]:
    return list_parts().items()


def choose_detection(found: EffectiveSettings, mode: DetectionMode) -> RecognitionSettings:
    """Return the settings with the mode that one request asks for. Raise 400 `invalid_request` outside the bounds."""
    allowed = [
        each for each in DETECTION_MODES if each in {*(found.bounds["detection"] or ()), found.settings.detection}
    ]
    if mode not in allowed:
        problem = _("This installation allows: %(modes)s.") % {"modes": ", ".join(allowed)}
        message = _("The request is not valid.")
        raise FacePassError("invalid_request", message, status=400, details={"detection": [problem]})
    return found.settings.model_copy(update={"detection": mode})


def read_bounds(stored: object) -> dict[str, Any]:
    """Return the bounds, the defaults where `stored` says nothing. Raise FacePassError 400 `invalid_config`."""
    bounds, problems = default_bounds(), {}
    for path, value in flatten(stored if isinstance(stored, dict) else {}).items():
        if not _is_known(bounds, path):
            problems[path] = _("Unknown.")
        elif not _is_bound(path, value):
            problems[path] = _("This must be null, or what may be chosen: [least, greatest], or a list of modes.")
        else:
            _put(bounds, path, None if value is None else tuple(value))
    if problems:
        raise invalid_config(problems)
    return bounds


def _is_known(bounds: Values, path: str) -> bool:
    return path in flatten(bounds)


def _is_bound(path: str, value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, list | tuple) or not value:
        return False
    if path == "detection":
        return set(value) <= set(DETECTION_MODES) if all(isinstance(one, str) for one in value) else False
    low, high = field_range(list_parts()[path.split(".", maxsplit=1)[0]], path.split(".")[1])
    return (
        len(value) == 2
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
        and low <= value[0] <= value[1] <= high
    )


def flatten(values: Mapping[str, Any], prefix: str = "") -> Values:
    """Return nested values by their dotted names."""
    flat: Values = {}
    for name, value in values.items():
        path = f"{prefix}{replace_surrogates(str(name))}"
        flat |= flatten(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return flat


def _put(values: Values, path: str, value: object) -> None:
    part, _dot, name = path.partition(".")
    if name:
        values[part][name] = value
    else:
        values[part] = value


def compose(installation: RecognitionSettings, overrides: Mapping[Source, Values], bounds: Values) -> EffectiveSettings:
    """Return the settings of the installation with what the overrides say, from the widest to the narrowest.

    A part that does not fit together any more, since a level above it has changed, is left as that level has it.
    """
    flat, standard = flatten(installation.model_dump()), flatten(RecognitionSettings().model_dump())
    sources: dict[str, Source] = {name: "default" if flat[name] == standard[name] else "installation" for name in flat}
    settings = installation
    limits = flatten(bounds)
    for source, values in overrides.items():
        for part in values:
            own = {path: bring_inside(limits.get(path), value) for path, value in flatten({part: values[part]}).items()}
            changed = {path: value for path, value in own.items() if value is not None and path in flat}
            if merged := _merge_valid(settings, changed):
                settings = merged
                sources |= dict.fromkeys(changed, source)
    return EffectiveSettings(settings, _nest(sources), bounds)


def bring_inside(bound: Bound, value: Any) -> Any:
    """Return the value, the nearest one inside the bound, or None where nothing else than the level above holds."""
    if bound is None:
        return None
    if isinstance(value, str):
        return value if value in bound else None
    return min(max(value, bound[0]), bound[1]) if isinstance(value, int | float) else None


def _merge_valid(settings: RecognitionSettings, changed: Values) -> RecognitionSettings | None:
    try:
        return RecognitionSettings.model_validate(merge(settings, changed))
    except ValidationError:
        return None


def merge(settings: RecognitionSettings, changed: Values) -> Values:
    """Return the settings as a dictionary, with other values by their dotted names."""
    whole = settings.model_dump()
    for path, value in changed.items():
        _put(whole, path, value)
    return whole


def _nest(flat: Mapping[str, Source]) -> Sources:
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        part, _dot, name = path.partition(".")
        if name:
            nested.setdefault(part, {})[name] = value
        else:
            nested[part] = value
    return nested


def require_inside(values: Values, bounds: Values, *, level: Source) -> None:
    """Raise FacePassError 400 `invalid_config` for each value that a studio or an event may not have."""
    limits, problems = flatten(bounds), {}
    for path, value in flatten(values).items():
        bound = limits[path]
        if bound is None:
            problems[path] = _("Only the installation sets this.")
        elif level == "event" and path in STUDIO_WIDE:
            problems[path] = _("This holds for the whole studio, and no event sets it.")
        elif bring_inside(bound, value) != value:
            allowed = " – ".join(map(str, bound)) if path != "detection" else ", ".join(bound)
            problems[path] = _("The installation allows: %(allowed)s") % {"allowed": allowed}
    if problems:
        raise invalid_config(problems)


def invalid_config(problems: Mapping[str, str]) -> FacePassError:
    """Return the refusal whose details name each wrong field."""
    names = ", ".join(problems) or KEY
    message = _("These recognition settings are not valid: %(fields)s") % {"fields": names}
    return FacePassError("invalid_config", message, details=dict(problems))
