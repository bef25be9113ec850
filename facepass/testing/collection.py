"""What kind of test each one is, by the fixtures that it asks for, which of them run, and in which order."""

from collections import defaultdict

import pytest

LONGEST_NAME = 100
BROWSER, LIVE = "new_page", "new_home"
# Real networks, each run of which takes a tenth of a second and more.
ENGINES = {"opencv_zoo_engine", "insightface_engine", "engine"}
# Files whose tests take seconds each, the slowest first, so that no worker begins a long one when the others are done.
SLOWEST = (
    "test_event_journey", "test_pages_browser", "test_staff_effort", "test_evaluate", "test_metadata_fuzz",
    "test_staff_journey", "test_matrix",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--few-cases",
        type=int,
        metavar="N",
        help="of each parametrized test run N cases only, spread over its table",
    )


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case after its parameter and how long that is where it would be a page of text.

    Pictures would make names of a megabyte, which are sent between the processes and stand in the environment.
    """
    is_long = isinstance(val, str | bytes) and len(val) > LONGEST_NAME
    return f"{argname} of {len(val)}" if is_long else None


def pytest_itemcollected(item: pytest.Item) -> None:
    fixtures = getattr(item, "fixturenames", ())
    if BROWSER in fixtures:
        item.add_marker(pytest.mark.browser)
        # A server's threads see only what was committed.
        item.add_marker(pytest.mark.django_db(transaction=True))
    if LIVE in fixtures:
        item.add_marker(pytest.mark.live)
    if ENGINES.intersection(fixtures):
        item.add_marker(pytest.mark.slow)
    if _shares_fixtures(item):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares_fixtures(item: pytest.Item) -> bool:
    """Return whether the tests of a module share a fixture, which every worker that has some of them would make."""
    definitions = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return any(found[-1].scope == "module" for found in definitions.values() if found)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    if few := config.getoption("few_cases"):
        kept = _few_cases(items, few)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]
    items.sort(key=_place)


def _few_cases(items: list[pytest.Item], count: int) -> set[pytest.Item]:
    """Return `count` of each test's cases, the first among them and the others evenly spread."""
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    return {some[number * len(some) // count] for some in cases.values() for number in range(count)}


def _place(item: pytest.Item) -> int:
    """Live processes mostly wait, so they go first; the order within a place stays."""
    if item.get_closest_marker("live"):
        return 0
    name = item.path.stem
    if name in SLOWEST:
        return 1 + SLOWEST.index(name)
    return 1 + len(SLOWEST) + (item.get_closest_marker("browser") is None)
