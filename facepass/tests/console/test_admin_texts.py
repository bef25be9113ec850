"""What the admin says around the names of models and dates, in both languages."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from facepass.testing.factories import StudioFactory
from facepass.tests.console.test_admin import LISTS, TENANTS, change_page, list_page, member_of, new_world

pytestmark = pytest.mark.django_db

EMPTY = {"en": "No results yet", "ru": "Пока ничего нет"}
NOTHING_MATCHES = {"en": "Nothing matches", "ru": "Ничего не найдено"}
SEARCHED = [name for name in TENANTS if name not in ("sessions_app_sessionday", "sessions_app_webhookdelivery")]


@pytest.fixture
def world():
    return new_world()


@pytest.mark.parametrize("language", EMPTY)
@pytest.mark.parametrize("name", [name for name in TENANTS if name != "facepass_studio"])
def test_an_empty_list_says_so(name, language):
    page = get(member_of(StudioFactory()), list_page(name), language)
    assert EMPTY[language] in page
    assert NOTHING_MATCHES[language] not in page


@pytest.mark.parametrize("language", NOTHING_MATCHES)
@pytest.mark.parametrize("name", SEARCHED)
def test_a_search_that_finds_nothing_says_so(name, language, world):
    page = get(member_of(world.studio), f"{list_page(name)}?q=zzzzqq", language)
    assert NOTHING_MATCHES[language] in page
    assert EMPTY[language] not in page


@pytest.mark.parametrize("name", LISTS)
def test_no_page_puts_a_nominative_where_russian_has_another_case(name, world):
    member = member_of(world.studio)
    row = world.rows[name]
    one, many = names_of(name)
    pages = [list_page(name), change_page(name, row), reverse(f"admin:{name}_delete", args=[row.pk])]
    shown = "\n".join(get(member, path, "ru") for path in pages).lower()
    for verb in ("удалить", "изменить", "добавить", "выберите", "просмотреть", "удалить выбранные"):
        assert f"{verb} {one} " not in shown
        assert f"{verb} {many} " not in shown
    for number in range(1, 30):
        assert f" {number} {many} " not in " ".join(shown.split())


def test_a_list_is_titled_with_what_it_lists(world):
    page = get(member_of(world.studio), list_page("sessions_app_photosession"), "ru")
    assert re.search(r"<title>\s*Фотосессии", page)


def test_a_day_of_a_month_is_russian():
    with translation.override("ru"):
        assert date_format(date(2026, 11, 28), "MONTH_DAY_FORMAT") == "28 ноября"
        assert date_format(date(2026, 5, 1), "F Y") == "Май 2026"


def get(client, path: str, language: str) -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code in (200, 403), path  # rows that are a record of what happened are never deleted
    return answer.content.decode()


def names_of(name: str) -> tuple[str, str]:
    model = next(each for each in admin.site._registry if f"{each._meta.app_label}_{each._meta.model_name}" == name)
    with translation.override("ru"):
        return str(model._meta.verbose_name).lower(), str(model._meta.verbose_name_plural).lower()
