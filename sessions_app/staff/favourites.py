"""What guests picked: the file names of their favourites, as Lightroom's filter takes them, and as a table."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from galleries.exports.people_tables import write_csv
from galleries.models import GalleryImage
from galleries.models.copies import keep_one_copy
from galleries.models.photo import BY_CAPTURE
from galleries.staff_kit.downloads import text_download
from sessions_app.models import FoundPhoto, PhotoSession
from sessions_app.staff.event_page import find_event


@dataclass(frozen=True, slots=True)
class GuestPick:
    """The favourites of one guest, who has a number in the order in which guests came, and no name."""

    number: int
    came: date
    photos: list[GalleryImage]


def list_picks(session: PhotoSession) -> list[GuestPick]:
    """Return the favourites of each guest who has some and has not withdrawn; one query."""
    rows = FoundPhoto.objects.kept().filter(guest__session=session, guest__withdrawn_at=None, favourite=True)
    rows = rows.filter(photo__gallery__session_id=session.pk)
    by_guest: dict[UUID, list[FoundPhoto]] = defaultdict(list)
    order = ("guest__consented_at", "guest", *(f"photo__{column}" for column in BY_CAPTURE))
    for row in rows.select_related("guest", "photo__gallery").order_by(*order):
        by_guest[row.guest_id].append(row)
    zone = session.zone
    return [
        GuestPick(
            number,
            timezone.localdate(found[0].guest.consented_at, zone),
            keep_one_copy((row.photo for row in found), photo_of=lambda photo: photo),
        )
        for number, found in enumerate(by_guest.values(), 1)
    ]


def download_list(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file names, with commas between them: of all guests together, then of each."""
    session = find_event(request, pk)
    text = write_list(list_picks(session))
    return text_download(text, title=session.name, suffix="favourites.txt", content_type="text/plain")


def write_list(picks: Sequence[GuestPick]) -> str:
    everybody = _("All guests together")
    blocks = [(everybody, [photo for photo, _number in _count(picks)])]
    for pick in picks:
        values = {"number": pick.number, "day": date_format(pick.came, "DATE_FORMAT")}
        blocks.append((_("Guest %(number)d, since %(day)s") % values, pick.photos))
    return "\n\n".join(f"{title} ({len(photos)})\n{_join(photos)}" for title, photos in blocks) + "\n"


def _join(photos: Sequence[GalleryImage]) -> str:
    return ", ".join(photo.original_name for photo in photos)


def _count(picks: Sequence[GuestPick]) -> list[tuple[GalleryImage, int]]:
    """Return each photo once with how many guests picked it, the most picked first."""
    photos = {photo.pk: photo for pick in picks for photo in pick.photos}
    counts = Counter(photo.pk for pick in picks for photo in pick.photos)
    ranked = [(photos[pk], number) for pk, number in counts.items()]
    return sorted(ranked, key=lambda item: (-item[1], item[0].name_key, item[0].original_name))


def download_table(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A line for each photo that was picked: where it is, how many guests picked it, and which."""
    session = find_event(request, pk)
    picks = list_picks(session)
    who: dict[UUID, list[int]] = defaultdict(list)
    for pick in picks:
        for photo in pick.photos:
            who[photo.pk].append(pick.number)
    rows = [
        [photo.gallery.title, photo.folder, photo.original_name, number, ", ".join(map(str, who[photo.pk]))]
        for photo, number in _count(picks)
    ]
    text = write_csv([_("gallery"), _("folder"), _("file"), _("favourite of"), _("guests")], rows)
    return text_download(text, title=session.name, suffix="favourites.csv", content_type="text/csv")
