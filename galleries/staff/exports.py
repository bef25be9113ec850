"""Files about an occasion's photos that staff take away: who is in which photo."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from galleries.exports.named_photos import list_named_photos
from galleries.exports.people_tables import build_people_json, write_people_csv
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
