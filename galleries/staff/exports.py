"""Files about an occasion's photos that staff take away: who is in which photo, as tables and inside of the files."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from galleries.exports.named_photos import list_named_photos
from galleries.exports.people_tables import build_people_json, write_people_csv
from galleries.exports.tagged_copies import build_copies_archive, build_sidecars_archive
from galleries.photos.archives import archive_response
from galleries.staff_kit.downloads import json_download, text_download
from galleries.staff_kit.occasions import find_occasion, occasion_title


def download_people_csv(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Who is in which photo, as a table."""
    occasion = find_occasion(request, key)
    text = write_people_csv(list_named_photos(occasion))
    return text_download(text, title=occasion_title(occasion), suffix="people.csv", content_type="text/csv")


def download_people_json(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Who is in which photo, for programs."""
    occasion = find_occasion(request, key)
    title = occasion_title(occasion)
    value = {"title": title, "photos": build_people_json(list_named_photos(occasion))}
    return json_download(value, title=title, suffix="people.json")


def download_sidecars(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The confirmed names of each photo as an XMP file, to be laid beside raw files of the same names."""
    occasion = find_occasion(request, key)
    return archive_response(build_sidecars_archive(list_named_photos(occasion)), f"{occasion_title(occasion)} xmp")


def download_copies(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Copies of the photos with the confirmed names inside."""
    occasion = find_occasion(request, key)
    return archive_response(build_copies_archive(list_named_photos(occasion)), f"{occasion_title(occasion)} names")
