"""Which guests a device belongs to. It says so itself, in a signed cookie; no row says who shares a telephone.

The first of them has the session's plain address, `/s/CODE/`; each further one has a key in it, `/s/CODE/3fa85f64/`. So
an address alone says whose page it is: in every tab, in the history, and in each form of the page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from facepass.core.access.tenancy import UUID_TEXT
from facepass.core.errors import FacePassError

# A family; and a cookie has 4 kB, of which a name in Cyrillic letters takes six bytes each.
MAX_PROFILES = 8
MAX_NAME_LENGTH = 24
# What stands in the cookie, and in forms, for the key of the guest whose addresses have none.
PLAIN = "me"


@dataclass(frozen=True, slots=True)
class Profile:
    """One of the guests of a device."""

    guest_id: UUID
    key: str = ""
    """The part of this guest's addresses that says whose they are; empty in the plain ones."""
    name: str = ""
    """As it was typed on this device; may be empty."""


@dataclass(frozen=True, slots=True)
class DeviceProfiles:
    """The guests of one device in one session, in the order in which they came."""

    profiles: tuple[Profile, ...] = ()

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.profiles)

    @classmethod
    def from_text(cls, text: str) -> "DeviceProfiles":
        """Read what `as_text` wrote, or the one id that devices once kept. What cannot be read is left out."""
        if UUID_TEXT.fullmatch(text):
            return cls((Profile(UUID(text)),))
        return cls(tuple(_parse_profiles(parse_qsl(text))))

    def as_text(self) -> str:
        return urlencode([(one.key or PLAIN, f"{one.guest_id.hex} {one.name}".strip()) for one in self])

    def find_key(self, key: str) -> Profile | None:
        return next((one for one in self if one.key == key), None)

    def find_guest(self, guest_id: UUID) -> Profile | None:
        return next((one for one in self if one.guest_id == guest_id), None)

    def key_of(self, guest_id: UUID) -> str:
        """Return the part of the guest's addresses that says whose they are; empty in the plain ones."""
        profile = self.find_guest(guest_id)
        return profile.key if profile else ""

    def only(self, guest_ids: Iterable[UUID]) -> "DeviceProfiles":
        """Return those of these guests."""
        wanted = set(guest_ids)
        return DeviceProfiles(tuple(one for one in self if one.guest_id in wanted))

    def with_guest(self, guest_id: UUID, *, name: str = "") -> "DeviceProfiles":
        """Add a guest, who has the plain address where nobody else has. One who is there already stays as they are.

        Raise 409 `too_many_profiles`.
        """
        if self.find_guest(guest_id):
            return self
        self.require_room()
        key = guest_id.hex[:8] if self.find_key("") else ""
        return DeviceProfiles((*self, Profile(guest_id, key, clean_name(name))))

    def require_room(self) -> None:
        """Raise 409 `too_many_profiles` where nobody can be added."""
        if len(self.profiles) >= MAX_PROFILES:
            message = _("This device has %(number)d people already. Let somebody leave it first.")
            raise FacePassError("too_many_profiles", message % {"number": MAX_PROFILES}, status=409)

    def with_guest_at(self, key: str, guest_id: UUID) -> "DeviceProfiles":
        """Let a guest take the place of whoever has that key, under the same name."""
        taken = self.find_key(key)
        if taken is None:
            return self.with_guest(guest_id)
        return self._with_changed(taken, replace(taken, guest_id=guest_id))

    def without_guest(self, guest_id: UUID) -> "DeviceProfiles":
        return DeviceProfiles(tuple(one for one in self if one.guest_id != guest_id))

    def with_name(self, guest_id: UUID, name: str) -> "DeviceProfiles":
        named = self.find_guest(guest_id)
        return self._with_changed(named, replace(named, name=clean_name(name))) if named else self

    def label(self, profile: Profile) -> str:
        """Return the name of one of these profiles; one without a name has a number, and the first is "Me"."""
        if profile.name or not profile.key:
            return profile.name or _("Me")
        return _("Person %(number)d") % {"number": 1 + self.profiles.index(profile)}

    def _with_changed(self, old: Profile, new: Profile) -> "DeviceProfiles":
        return DeviceProfiles(tuple(new if one is old else one for one in self))


def _parse_profiles(pairs: Iterable[tuple[str, str]]) -> Iterator[Profile]:
    for key, value in pairs:
        guest_id, _space, name = value.partition(" ")
        if UUID_TEXT.fullmatch(guest_id):
            yield Profile(UUID(guest_id), "" if key == PLAIN else key, name)


def clean_name(text: str) -> str:
    """Return a name as it is kept: without line breaks and more than one space, and not longer than there is room."""
    return " ".join(text.split())[:MAX_NAME_LENGTH].strip()


def build_door(code: str, key: str) -> str:
    """Return the part of an address that says which session it is, and which of the device's guests."""
    return f"{code}/{key}" if key else code


def split_door(door: str) -> tuple[str, str]:
    """Return the session's code and the key of the guest, as `build_door` joined them."""
    code, _slash, key = door.partition("/")
    return code, key
