"""What a scrape of `/metrics` says."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families


def scrape(client) -> list[Metric]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return list(text_string_to_metric_families(answer.content.decode()))


def values_of(families, name) -> dict[tuple[str, ...], float]:
    """The values by their labels' values, in the order of the labels' names."""
    samples = (sample for family in families for sample in family.samples if sample.name == name)
    return {tuple(value for _name, value in sorted(sample.labels.items())): sample.value for sample in samples}


def total(families, name, **labels) -> float:
    samples = (sample for family in families for sample in family.samples if sample.name == name)
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def list_samples(families) -> Iterator[tuple[str, dict[str, str]]]:
    for family in families:
        for sample in family.samples:
            yield sample.name, sample.labels
