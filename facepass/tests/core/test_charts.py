"""The charts' geometry: whole numbers within the frame, and what is the same as before."""

from datetime import date, timedelta

import pytest

from facepass.core import charts

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(90)]


@pytest.mark.parametrize("kind", ["bars", "lines"])
def test_a_chart_has_whole_coordinates_within_its_frame(kind):
    values = [float(number) * 1.7 if number % 7 else None for number in range(len(DAYS))]
    frame = charts.DAYS_FRAME
    (series,) = charts.draw_days("x", DAYS, [charts.Series("y", values)], kind=kind).series
    shapes = [*series.bars, *series.dots]
    assert len(shapes) == sum(value is not None for value in values)
    assert all(isinstance(number, int) for shape in shapes for number in (shape.x, shape.y, shape.width, shape.height))
    assert all(frame.left <= bar.x <= frame.right and frame.top <= bar.y <= frame.bottom for bar in shapes)
    assert len(series.lines) == (13 if kind == "lines" else 0)  # a day without a value breaks the line


@pytest.mark.parametrize(
    ("highest", "top"), [(0, "2"), (1, "2"), (2, "2"), (3, "4"), (9, "10"), (11, "20"), (250, "400")]
)
def test_the_axis_ends_at_a_round_number(highest, top):
    chart = charts.draw_days("x", DAYS[:2], [charts.Series("y", [0, highest])], kind="bars")
    assert chart.heights[-1].text == top


def test_the_highest_count_fills_the_strip_and_no_count_leaves_it_empty():
    bars = charts.draw_strip([2, 4], [1, 0], ["a", "b"])
    assert [(bar.x, bar.height, bar.inner, bar.text) for bar in bars] == [(0, 50, 25, "a"), (20, 100, 0, "b")]
    assert charts.draw_strip([0], [0], [""])[0].height == 0


def test_each_distribution_of_a_histogram_fills_the_height():
    histogram = charts.draw_histogram([0, 0.9, 0.1], [0.01, 0.02, 0], threshold=0.5)
    assert [(bar.y, bar.height) for bar in histogram.genuine] == [(10, 160), (152, 18)]
    assert max(bar.height for bar in histogram.impostor) == 160
    assert histogram.threshold_x == 335


def test_a_band_goes_along_the_upper_bounds_and_back_along_the_lower_ones():
    band = charts.draw_band([charts.Spread("May", 0.0, 0.5, 1.0), charts.Spread("June", 0.25, 0.5, 0.75)])
    assert band.band == "188,10 482,50 482,130 188,170"
    assert band.line == "188,90 482,90"
    assert [label.text for label in band.months] == ["May", "June"]
