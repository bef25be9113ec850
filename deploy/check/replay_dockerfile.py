"""Replays the steps of the Dockerfile on this machine, without Docker: does it build, and does what is in it run?

    python deploy/check/replay_dockerfile.py [FOLDER]

Everything is written below FOLDER (a new one by default), where /app, /opt and /data of the image lie. The steps run as
`nobody` where root calls, with a PATH that has no compiler and no linker. All stages share the one folder, so copies
between them are only looked for. What makes the image's account is left out. Then the image's command is run, until its
health check passes. It takes minutes and downloads all packages and models.
"""

import fnmatch
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = re.compile(
    r"^(.*-)?(gcc|g\+\+|cc|c\+\+|cpp|clang|clang\+\+|ld|ld\..*|as|make|cmake|ninja|rustc|cargo|tcc)(-[\d.]+)?$"
)
PLACES = re.compile(r"(?<![\w.])/(app|opt|data)\b")
START_SECONDS = 180
# The Python of the packages; one below /root is not for `nobody`.
PYTHON = Path(os.environ.get("PYTHON", "/usr/bin/python3"))


def read_steps() -> list[tuple[str, str]]:
    """Return the instructions, with their continued lines joined."""
    lines = [line for line in (CHECKOUT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined if line.strip()]


def context_files() -> list[str]:
    """Return the tracked files that .dockerignore lets into the build."""
    rules = (CHECKOUT / ".dockerignore").read_text().split()
    tracked = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    return [name for name in tracked.splitlines() if not is_ignored(name, rules)]


def is_ignored(name: str, rules: list[str]) -> bool:
    """Return what the last rule says that is about the file or a folder of it."""
    ignored = False
    parts = name.split("/")
    parents = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    for rule in rules:
        pattern = rule.removeprefix("!")
        tails = [tail for parent in parents for tail in _tails(parent)] if pattern.startswith("**/") else parents
        # A * of Docker's does not reach across folders.
        if any(
            fnmatch.fnmatch(each, pattern.removeprefix("**/"))
            and each.count("/") == pattern.removeprefix("**/").count("/")
            for each in tails
        ):
            ignored = not rule.startswith("!")
    return ignored


def _tails(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


class Replay:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.workdir = root / "app"
        # How packages are fetched here is for this machine to say.
        fetching = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.environment = {**fetching, "HOME": str(root / "data"), "TMPDIR": str(root / "tmp"), "LANG": "C.UTF-8"}
        self.environment["PATH"] = str(self._tools_without_compilers())
        for name in ("app", "opt", "data", "tmp"):
            (root / name).mkdir(exist_ok=True)
        self.is_root = os.geteuid() == 0
        if self.is_root:
            subprocess.run(["chown", "-R", "nobody", str(root)], check=True)

    def _tools_without_compilers(self) -> Path:
        folder = self.root / "bin"
        folder.mkdir()
        for place in ("/bin", "/usr/bin"):
            for tool in Path(place).iterdir():
                if not TOOLS.match(tool.name) and not (folder / tool.name).exists():
                    (folder / tool.name).symlink_to(tool)
        for name in ("python", "python3"):
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(PYTHON)
        return folder

    def expand(self, text: str) -> str:
        return PLACES.sub(lambda found: str(self.root / found.group(1)), text)

    def command(self, *arguments: str) -> list[str]:
        return (
            ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *arguments]
            if self.is_root
            else [*arguments]
        )

    def run(self, text: str) -> None:
        subprocess.run(
            self.command("/bin/sh", "-ec", self.expand(text)), cwd=self.workdir, env=self.environment, check=True
        )

    def copy(self, text: str) -> None:
        if text.startswith("--from="):
            source = self.expand(text.split()[1])
            assert Path(source).exists(), f"{source} was not made"
            return
        source, target = text.split()
        names = [n for n in context_files() if source in (".", n) or n.startswith(f"{source}/")]
        for name in names:
            place = self.workdir / (name if source == "." or target == "./" else target + name.removeprefix(source))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, place)
        if self.is_root:
            subprocess.run(["chown", "-R", "nobody", str(self.workdir)], check=True)

    def set(self, text: str) -> None:
        for name, value in re.findall(r'(\w+)=("[^"]*"|\S+)', text):
            # Where the image has its temporary files is where this has them.
            here = self.expand(value.strip('"')).replace("/tmp/", f"{self.root}/tmp/", value.count("/tmp/"))
            self.environment[name] = re.sub(
                r"\$\{?(\w+)\}?", lambda found: self.environment.get(found.group(1), ""), here
            )

    def step(self, kind: str, text: str) -> None:
        print(f"{kind} {text}", flush=True)
        if kind == "RUN" and "useradd" not in text:
            self.run(text.replace("/tmp/", f"{self.root}/tmp/"))
        elif kind == "COPY":
            self.copy(text)
        elif kind in ("ENV", "ARG"):
            self.set(text)
        elif kind == "WORKDIR":
            self.workdir = Path(self.expand(text))


def check_command(replay: Replay, steps: list[tuple[str, str]], port: str) -> None:
    """Run the image's command until its health check passes, and stop it as Docker would."""
    said = dict(steps)
    environment = {**replay.environment, "PORT": port, "WORKERS": "1", "ALLOWED_HOSTS": "photos.example.com"}
    process = subprocess.Popen(replay.command(*json.loads(said["CMD"])), cwd=replay.workdir, env=environment)
    check = json.loads(said["HEALTHCHECK"].split("CMD ", 1)[1])
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(replay.command(*check), env=environment, capture_output=True, check=False).returncode:
        assert process.poll() is None, "the command ended"
        assert time.monotonic() < deadline, "the health check does not pass"
        time.sleep(1)
    print("HEALTHCHECK passes", flush=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="facepass-image-"))
    root.mkdir(exist_ok=True)
    root.chmod(0o755)
    replay, steps = Replay(root), read_steps()
    for kind, text in steps:
        replay.step(kind, text)
    check_command(replay, steps, os.environ.get("PORT", "8765"))
    print(f"The image's steps work: {root}")


if __name__ == "__main__":
    main()
