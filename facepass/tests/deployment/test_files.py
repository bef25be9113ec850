"""The files in `deploy/` and the Dockerfile: each read by the tool that is for it, where there is one."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

import facepass
from facepass.env import Environment

CHECKOUT = settings.BASE_DIR
DEPLOY = CHECKOUT / "deploy"
COMPOSE = DEPLOY / "compose"
TOOLS = DEPLOY / "check" / ".venv" / "bin"
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
VARIANTS = [[], ["nginx"], ["monitoring"], ["dev"], ["test"], ["nginx", "monitoring"]]
CHARTS = [
    {},
    {"ingress": {"enabled": False}, "networkPolicy": {"enabled": False}},
    {"imagePullSecrets": [{"name": "x"}]},
]
# A tag that names a release, and no moving one.
PINNED = re.compile(r":[\w.-]*\d[\w.-]*$")


def tool(name, package="") -> str:
    found = shutil.which(name) or (str(TOOLS / name) if (TOOLS / name).is_file() else None)
    if found is None:
        pytest.skip(f"{name} is not installed ({package or 'deploy/check/requirements.txt'})")
    return found


def run(*command, cwd=CHECKOUT, **variables) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Compose(yaml.SafeLoader):
    """Knows the tags by which one file takes back what another says."""


Compose.add_constructor("!reset", lambda loader, node: loader.construct_sequence(node))


def compose_file(name):
    return yaml.load((COMPOSE / name).read_text(), Compose)


def compose_files(variants):
    return [compose_file(f"docker-compose{suffix}.yml") for suffix in ("", *(f".{each}" for each in variants))]


def services_of(files):
    """The services of the files together, as Compose puts them together: maps are merged, the rest is replaced."""
    services = {}
    for file in files:
        for name, service in file["services"].items():
            services[name] = {**services.get(name, {}), **service}
    return services


# --- the image


def test_the_image_is_pinned_labelled_and_runs_as_nobody_in_particular():
    assert PINNED.search(re.search(r"ARG PYTHON_IMAGE=(\S+)", DOCKERFILE)[1])
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}", "packages"}
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    assert f"ARG VERSION={facepass.__version__}" in DOCKERFILE
    for label in ("title", "version", "revision", "licenses"):
        assert f"org.opencontainers.image.{label}=" in DOCKERFILE


def test_no_rule_for_dockerfiles_is_broken():
    run(tool("hadolint"), CHECKOUT / "Dockerfile")


@pytest.fixture(scope="module")
def replay():
    sys.path.insert(0, str(DEPLOY / "check"))
    import replay_dockerfile

    yield replay_dockerfile
    sys.path.remove(str(DEPLOY / "check"))


def test_what_goes_into_the_image_is_the_product_and_no_secret(replay):
    names = set(replay.context_files())
    assert {"manage.py", "requirements.txt", "deploy/opencv-python/pyproject.toml", "facepass/asgi.py"} <= names
    assert any(name.endswith("django.mo") for name in names)
    assert not [name for name in names if "/tests/" in name or name.startswith((".git/", "docs/", "facepass/testing"))]
    assert not [name for name in names if name.startswith("deploy/") and not name.startswith("deploy/opencv-python/")]
    for secret in (".env", "var/secrets/template_key", ".git/config"):
        assert replay.is_ignored(secret, (CHECKOUT / ".dockerignore").read_text().split()), secret


def test_every_step_of_the_image_can_be_replayed(replay):
    kinds = {kind for kind, _text in replay.read_steps()}
    assert kinds == {
        "ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "LABEL", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD",
    }  # fmt: skip


@pytest.mark.live
def test_the_health_check_passes_whatever_hosts_are_allowed(live_home, replay, tmp_path):
    from facepass.testing.live import environment, start
    from facepass.tests.deployment.test_proxies import free_port

    port = str(free_port())
    said = dict(replay.read_steps())["HEALTHCHECK"].split("CMD ", 1)[1]
    live = start(live_home, PORT=port, ALLOWED_HOSTS="photos.example.com", WORKERS="0")
    try:
        command = [sys.executable, *json.loads(said)[1:]]
        told = environment(live_home, PORT=port)
        assert subprocess.run(command, env=told, check=False).returncode == 0
        told["PORT"] = str(free_port())
        assert subprocess.run(command, env=told, capture_output=True, check=False).returncode != 0
    finally:
        live.stop()


# --- Compose and Swarm


@pytest.mark.parametrize("variants", VARIANTS, ids=lambda names: "-".join(names) or "plain")
def test_services_of_compose_fit_together(variants):
    files = compose_files(variants)
    services = services_of(files)
    volumes = {name for file in files for name in file.get("volumes", {})}
    for name, service in services.items():
        assert "image" in service or "extends" in service, name
        image = service.get("image", "")
        assert "FACEPASS_IMAGE" in image or PINNED.search(image) or not image, image
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in volumes or source == "./certs" or (COMPOSE / source).resolve().exists(), volume


@pytest.mark.parametrize("file", sorted(COMPOSE.glob("*.yml")), ids=lambda path: path.stem)
def test_what_compose_asks_of_the_environment_is_in_the_example(file):
    example = (COMPOSE / "example.env").read_text() + (CHECKOUT / ".env.example").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{(\w+):\?", file.read_text()))
    own = {"FACEPASS_IMAGE"} if file.stem == "stack" else set()
    assert {name for name in asked - own if f"{name}=" not in example and not name.startswith("AWS_")} == set()


@pytest.mark.parametrize("file", sorted(COMPOSE.glob("*.yml")), ids=lambda path: path.stem)
def test_settings_in_compose_are_settings_of_facepass(file):
    known = {name.upper() for name in Environment.model_fields} | {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    for name, service in yaml.load(file.read_text(), Compose)["services"].items():
        if name in {"web", "worker", "migrate", "check"}:
            assert set(service.get("environment", {})) <= known, name


def test_commands_in_artefacts_are_commands_of_facepass():
    files = [
        path for path in DEPLOY.rglob("*") if path.suffix in {".yml", ".yaml", ".service"} and ".venv" not in path.parts
    ]
    found = {word for path in files for word in re.findall(r"manage\.py,? (\w+)", path.read_text())}
    assert {"up", "migrate", "backup", "doctor"} <= found
    assert found <= set(get_commands())


@pytest.mark.parametrize("variants", VARIANTS, ids=lambda names: "-".join(names) or "plain")
def test_docker_takes_the_files_of_compose(variants, tmp_path):
    docker = tool("docker", "Docker with its plugin compose")
    if subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker has no plugin compose: its files are checked by their structure only")
    shutil.copytree(DEPLOY, tmp_path / "deploy", symlinks=True)
    folder = tmp_path / "deploy" / "compose"
    filled = re.sub(
        r"^#?(\w+)=$", r"\1=something-of-some-length", (folder / "example.env").read_text(), flags=re.MULTILINE
    )
    (folder / ".env").write_text(f"{filled}FACEPASS_HOST=photos.example.com\n")
    files = [
        part for suffix in ("", *(f".{each}" for each in variants)) for part in ("-f", f"docker-compose{suffix}.yml")
    ]
    run(docker, "compose", *files, "config", "--quiet", cwd=folder)


# --- Kubernetes


def validate(text, path):
    path.write_text(text)
    run(tool("kubernetes-validate"), "--strict", "-k", "1.30", path)
    return [found for found in yaml.safe_load_all(text) if found]


def rendered_overlay() -> str:
    if kustomize := shutil.which("kustomize"):
        return run(kustomize, "build", DEPLOY / "k8s" / "overlays" / "example")
    return run(tool("kubectl", "kubectl or kustomize"), "kustomize", DEPLOY / "k8s" / "overlays" / "example")


def require_a_safe_installation(objects):
    """Whichever way it was written: nothing runs as root or without limits, and every selector finds its pods."""
    pods = {
        found["metadata"]["name"]: found["spec"]["template"]
        for found in objects
        if found["kind"] in {"Deployment", "Job"}
    }
    labels = {name: template["metadata"]["labels"] for name, template in pods.items()}
    for template in pods.values():
        assert template["spec"]["securityContext"]["runAsNonRoot"] is True
        (container,) = template["spec"]["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]
    for found in objects:
        spec = found.get("spec", {})
        selector = spec.get("podSelector") or spec.get("selector") or {}
        wanted = selector.get("matchLabels", selector if found["kind"] == "Service" else {})
        assert not wanted or any(wanted.items() <= mine.items() for mine in labels.values()), found["metadata"]
        if found["kind"] == "HorizontalPodAutoscaler":
            assert spec["scaleTargetRef"]["name"] in pods
    kinds = {found["kind"] for found in objects}
    assert {"Job", "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ConfigMap"} <= kinds
    (web,) = (pod["spec"]["containers"][0] for name, pod in pods.items() if name.endswith("-web"))
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(web)
    (config,) = (found["data"] for found in objects if found["kind"] == "ConfigMap")
    assert {name.lower() for name in config} <= set(Environment.model_fields)


def test_kustomize_builds_what_kubernetes_takes(tmp_path):
    objects = validate(rendered_overlay(), tmp_path / "facepass.yaml")
    require_a_safe_installation(objects)
    assert {"NetworkPolicy", "Ingress", "Secret", "Namespace"} <= {found["kind"] for found in objects}


@pytest.mark.parametrize("values", CHARTS, ids=["default", "bare", "private"])
def test_the_chart_renders_what_kubernetes_takes(values, tmp_path):
    tool("kubernetes-validate")
    text = run(TOOLS / "python", DEPLOY / "check" / "render_chart.py", DEPLOY / "helm" / "facepass", json.dumps(values))
    require_a_safe_installation(validate(text, tmp_path / "facepass.yaml"))


def test_versions_in_artefacts_are_the_products():
    chart = yaml.safe_load((DEPLOY / "helm" / "facepass" / "Chart.yaml").read_text())
    assert chart["appVersion"] == chart["version"] == facepass.__version__


# --- systemd and logrotate


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit, tmp_path):
    analyze = tool("systemd-analyze", "systemd")
    for each in (DEPLOY / "systemd").iterdir():
        text = each.read_text().replace("/srv/facepass/.venv/bin/python", sys.executable)
        (tmp_path / each.name).write_text(text)
    done = subprocess.run([analyze, "verify", tmp_path / unit.name], capture_output=True, text=True, check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if "facepass" in line]
    assert (done.returncode, complaints) == (0, [])


def test_every_timer_has_its_service():
    names = {path.name for path in (DEPLOY / "systemd").iterdir()}
    timers = {name for name in names if name.endswith(".timer")}
    assert timers
    assert {Path(name).with_suffix(".service").name for name in timers} <= names


def test_logrotate_takes_its_configuration(tmp_path):
    logrotate = tool("logrotate", "Debian's package of that name")
    copy = tmp_path / "facepass"
    copy.write_text((DEPLOY / "logrotate" / "facepass").read_text())
    copy.chmod(0o644)
    run(logrotate, "--debug", "--state", tmp_path / "state", copy)


def test_the_drills_can_be_listed_and_are_those_of_the_documents():
    """They take half an hour, so no test runs them."""
    command = [sys.executable, str(settings.BASE_DIR / "deploy" / "drill" / "run.py"), "--list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    table = (settings.BASE_DIR / "docs" / "drills.md").read_text()
    assert len(listed) > 10
    assert [name for name in listed if f"`{name}`" not in table] == []
