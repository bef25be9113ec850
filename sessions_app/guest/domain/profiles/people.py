"""The people on a device as its pages show them: by which name, at which address, with how many photos."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sessions_app.guest.domain import matched_photos
from sessions_app.guest.domain.profiles.device_profiles import DeviceProfiles, build_door
from sessions_app.models import Guest, PhotoSession


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who agreed to be searched for on this device."""

    name: str
    typed_name: str
    """Empty for who was given none."""
    door: str
    """What stands for this person in addresses: see `device_profiles.build_door`."""
    photos: int
    is_shown: bool
    """Whether the page on show is this person's."""


def load_guests(profiles: DeviceProfiles, session: PhotoSession) -> dict[UUID, Guest]:
    """Return those of the device's guests who have neither withdrawn nor been forgotten; at most one query."""
    ids = [profile.guest_id for profile in profiles]
    guests = {guest.pk: guest for guest in Guest.objects.active().filter(pk__in=ids, session=session)} if ids else {}
    for guest in guests.values():
        guest.session = session  # with its rules and studio, which are read already
    return guests


def list_people(
    profiles: DeviceProfiles, guests: Mapping[UUID, Guest], *, code: str, shown: Guest | None
) -> list[Person]:
    """Return the device's people in the order in which they came; who only looks around is none of them.

    Photos are counted where there is a choice: where somebody else than `shown` is there; one query.
    """
    present = [one for one in profiles if one.guest_id in guests and guests[one.guest_id].notice]
    is_choice = any(shown is None or one.guest_id != shown.pk for one in present)
    counts = matched_photos.count_photos([one.guest_id for one in present]) if is_choice else {}
    return [
        Person(
            name=profiles.label(one),
            typed_name=one.name,
            door=build_door(code, one.key),
            photos=counts.get(one.guest_id, 0),
            is_shown=shown is not None and one.guest_id == shown.pk,
        )
        for one in present
    ]
