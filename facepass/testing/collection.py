"""What kind of test each one is, by the fixtures that it asks for, and in which order they run."""

import pytest

BROWSER, LIVE = "new_page", "new_home"
# Files whose tests take seconds each, the slowest first, so that no worker begins a long one when the others are done.
SLOW = ("test_staff_effort", "test_evaluate", "test_metadata_fuzz", "test_staff_journey", "test_matrix")


def pytest_itemcollected(item: pytest.Item) -> None:
    fixtures = getattr(item, "fixturenames", ())
    if BROWSER in fixtures:
        item.add_marker(pytest.mark.browser)
        # A server's threads see only what was committed.
        item.add_marker(pytest.mark.django_db(transaction=True))
    if LIVE in fixtures:
        item.add_marker(pytest.mark.live)
    if _shares_fixtures(item):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares_fixtures(item: pytest.Item) -> bool:
    """Return whether the tests of a module share a fixture, which every worker that has some of them would make."""
    definitions = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return any(found[-1].scope == "module" for found in definitions.values() if found)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """Live processes mostly wait, so they go first; the order within a place stays."""
    if item.get_closest_marker("live"):
        return 0
    name = item.path.stem
    if name in SLOW:
        return 1 + SLOW.index(name)
    return 1 + len(SLOW) + (item.get_closest_marker("browser") is None)
