"""`deploy/monitoring`: dashboards and alerts ask only for what is exported; docs/monitoring.md explains all of it."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from django.conf import settings

from facepass.core.metrics import REGISTRY
from facepass.ops.metrics.families import FAMILIES

FOLDER = settings.BASE_DIR / "deploy" / "monitoring"
DASHBOARDS = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
RULES = FOLDER / "rules" / "facepass.yml"
TESTS = FOLDER / "rules" / "facepass_test.yml"
PAGE = settings.BASE_DIR / "docs" / "monitoring.md"
NAME = re.compile(r"\bfacepass[_:][a-z_:0-9]*[a-z0-9]")


def rules():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def expressions(dashboard) -> list[str]:
    """Those of panels and of variables."""
    data = json.loads(dashboard.read_text())
    panels = [target["expr"] for panel in data["panels"] for target in panel.get("targets", [])]
    variables = [found["definition"] for found in data["templating"]["list"] if "definition" in found]
    return panels + variables


def exported() -> set[str]:
    """Every name under which a sample comes, and the recording rules."""
    names = {rule["record"] for rule in rules() if "record" in rule}
    families = {name.removesuffix("_total"): kind for name, (_meaning, kind) in FAMILIES.items()}
    families |= {family.name: family.type for family in REGISTRY.collect()}
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return names | {f"{name}{suffix}" for name, kind in families.items() for suffix in suffixes[kind]}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_asks_for_what_is_exported(dashboard):
    asked = {name for expression in expressions(dashboard) for name in NAME.findall(expression)}
    assert asked
    assert asked - exported() == set()


def test_there_is_a_dashboard_for_each_subject_with_an_address_of_its_own():
    assert {path.stem for path in DASHBOARDS} == {"service", "guests", "indexing", "studios"}
    assert len({json.loads(path.read_text())["uid"] for path in DASHBOARDS}) == len(DASHBOARDS)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_panels_have_titles_places_and_do_not_overlap(dashboard):
    taken = set()
    for panel in json.loads(dashboard.read_text())["panels"]:
        assert panel["title"]
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_an_alert_asks_for_what_is_exported_and_says_what_to_do():
    page = PAGE.read_text()
    headings = {line.removeprefix("### ").strip().lower() for line in page.splitlines() if line.startswith("### ")}
    for rule in rules():
        assert set(NAME.findall(rule["expr"])) - exported() == set(), rule
    for alert in alerts():
        assert alert["labels"]["severity"] in {"critical", "warning", "info"}
        assert alert["annotations"]["runbook"] == f"docs/monitoring.md#{alert['alert'].lower()}"
        assert alert["alert"].lower() in headings
    assert {name for name in headings if name.startswith("facepass")} == {rule["alert"].lower() for rule in alerts()}


def test_what_is_exported_is_explained():
    explained = set(re.findall(r"`(facepass_[a-z_0-9]+)`", PAGE.read_text()))
    families = {f"{found.name}_total" if found.type == "counter" else found.name for found in REGISTRY.collect()}
    assert explained == families | set(FAMILIES)


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    cases = [case["alert_rule_test"][0] for case in yaml.safe_load(TESTS.read_text())["tests"]]
    fires = {case["alertname"] for case in cases if case["exp_alerts"]}
    stays = {case["alertname"] for case in cases if not case["exp_alerts"]}
    assert fires == stays == {rule["alert"] for rule in alerts()}


@pytest.fixture
def promtool():
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian's package prometheus): the rules are not checked by it")
    return found


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_rules_and_its_configuration(promtool, tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "monitoring")
    (folder / "metrics_token").write_text("a token of at least sixteen characters")
    run(promtool, "check", "rules", str(RULES))
    run(promtool, "check", "config", str(folder / "prometheus.yml"))


def test_the_rules_pass_their_unit_tests(promtool):
    run(promtool, "test", "rules", str(TESTS))


def test_prometheus_takes_what_is_exported(promtool, client, db):
    """Its own linter reads a scrape, and complains of names and types that are not as they should be."""
    text = client.get("/metrics").content
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    problems = [line for line in (done.stdout + done.stderr).decode().splitlines() if "facepass" in line]
    assert problems == []
