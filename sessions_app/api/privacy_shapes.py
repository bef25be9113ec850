"""Shapes of what holds for personal data: periods with their bounds and deadlines, and the legal basis."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from facepass.core.api.serializers import DayField, MomentField, StrictSerializer
from facepass.core.database.storable_values import replace_surrogates
from facepass.core.errors import FacePassError
from sessions_app.models import Kept, LegalBasis, PhotoSession
from sessions_app.models.privacy.retention import LONGEST_DAYS
from sessions_app.retention import legal_basis, periods
from sessions_app.retention.deadlines import list_deadlines
from sessions_app.retention.legal_basis import Basis
from sessions_app.retention.periods import Periods, PeriodsOwner

JSON = dict[str, Any]
# From the widest on.
LEVELS = ["default", "installation", "studio", "event"]
DAYS = "Days from the event on; 0 for no deadline, null for what the level above says."
BOUNDS = "How short and how long it may be; null for no bounds."


class KnownFieldsSerializer(StrictSerializer):
    """An object within a body, which refuses names that it does not know as the body itself does."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(map(str, set(data) - set(self.fields))) if isinstance(data, Mapping) else []
        if unknown:
            raise serializers.ValidationError({replace_surrogates(name)[:60]: [_("Unknown.")] for name in unknown})
        return super().to_internal_value(data)


def _days(**kwargs: Any) -> serializers.IntegerField:  # as the field takes them
    return serializers.IntegerField(min_value=0, max_value=LONGEST_DAYS, allow_null=True, required=False, **kwargs)


class DaysSerializer(KnownFieldsSerializer):
    templates, faces, guests, photos = (_days(help_text=DAYS) for _kept in Kept)


class BoundsSerializer(KnownFieldsSerializer):
    """How short and how long a period may be that a studio or an event says; null where there is no bound."""

    shortest = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, allow_null=True, required=False)
    longest = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, allow_null=True, required=False)


class AllBoundsSerializer(KnownFieldsSerializer):
    templates, faces, guests, photos = (
        BoundsSerializer(required=False, allow_null=True, help_text=BOUNDS) for _kept in Kept
    )


class PrivacyPartSerializer(StrictSerializer):
    """What is left out stays as it is."""

    legal_basis = serializers.ChoiceField(LegalBasis.choices, allow_null=True, required=False)
    basis_note = serializers.CharField(max_length=400, allow_blank=True, allow_null=True, required=False)
    retention = DaysSerializer(required=False)


class StudioPrivacyPartSerializer(PrivacyPartSerializer):
    """`bounds`: of the installation, which has no legal basis. Each that is named is replaced as a whole."""

    bounds = AllBoundsSerializer(required=False)


class BasisSerializer(serializers.Serializer[object]):
    value = serializers.ChoiceField(LegalBasis.choices, allow_null=True)
    note = serializers.CharField()
    source = serializers.ChoiceField(LEVELS, allow_null=True)  # type: ignore[assignment]  # as DRF names its own


class PeriodSerializer(serializers.Serializer[object]):
    """`own`: what this level says itself. `shortest` and `longest`: what it may say."""

    days = serializers.IntegerField()
    source = serializers.ChoiceField(LEVELS)  # type: ignore[assignment]  # as DRF names its own
    own = serializers.IntegerField(allow_null=True)
    shortest = serializers.IntegerField(allow_null=True)
    longest = serializers.IntegerField(allow_null=True)


class EventPeriodSerializer(PeriodSerializer):
    """`deadline`: the day on which it is deleted, or was; null where there is none."""

    deadline = DayField(allow_null=True)
    announced_at = MomentField(allow_null=True)
    done_at = MomentField(allow_null=True)


class PrivacySerializer(serializers.Serializer[object]):
    """`legal_basis` is null for the installation."""

    level = serializers.ChoiceField(LEVELS)
    legal_basis = BasisSerializer(allow_null=True)
    retention = serializers.DictField(child=PeriodSerializer(), help_text="By what is kept.")


class EventPrivacySerializer(PrivacySerializer):
    legal_basis = BasisSerializer()
    retention = serializers.DictField(child=EventPeriodSerializer(), help_text="By what is kept.")
    archived_at = MomentField(allow_null=True)


def require_level(values: JSON, *, is_installation: bool) -> None:
    """Raise 400 `unknown_field` for what the level does not have."""
    wrong = {"legal_basis", "basis_note"} & set(values) if is_installation else {"bounds"} & set(values)
    if wrong:
        message = _("The installation has no legal basis.") if is_installation else _("Bounds are the installation's.")
        raise FacePassError("unknown_field", message, details=dict.fromkeys(sorted(wrong)))


def describe_event(session: PhotoSession) -> JSON:
    """Return the answer for an event. Five queries."""
    owner, found = PeriodsOwner.for_session(session), {one.kept: one for one in list_deadlines(session)}
    said = describe_periods(owner, {kept: one.period for kept, one in found.items()})
    for kept, deadline in found.items():
        step = deadline.step
        said[kept.value] |= {
            "deadline": deadline.day,
            "announced_at": step.warned_at if step else None,
            "done_at": step.done_at if step else None,
        }
    privacy = getattr(session, "privacy", None)
    return {
        "level": "event",
        "legal_basis": describe_basis(legal_basis.find_basis(session)),
        "retention": said,
        "archived_at": privacy.archived_at if privacy else None,
    }


def describe_basis(basis: Basis) -> JSON:
    return {"value": basis.value or None, "note": basis.note, "source": basis.source}


def describe_periods(owner: PeriodsOwner, found: Periods) -> dict[str, JSON]:
    own, bounds = periods.load_own(owner), periods.load_bounds()
    return {
        kept.value: {"days": period.days, "source": period.source, "own": own[kept], **bounds[kept].as_json()}
        for kept, period in found.items()
    }
