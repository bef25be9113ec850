"""The device that networks run on (INFERENCE_DEVICE) and the runtimes that run them (INFERENCE_RUNTIME).

Where the settings name one that cannot be used, FacePass refuses instead of using another in silence.
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError

Device = Literal["cpu", "cuda"]
PROVIDERS: Final[dict[Device, str]] = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
RUNTIMES: Final = ("onnxruntime", "onnxruntime-gpu", "openvino")
# Created by NVIDIA's driver and by WSL. A process that asks CUDA itself can no longer fork.
GPU_FILES = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


def inference_device() -> Device:
    """Return the device that networks run on. `auto` means the GPU where onnxruntime-gpu can use one.

    Raise FacePassError 503 `device_missing`.
    """
    wanted = settings.ENV.inference_device
    if wanted == "cpu":
        return "cpu"
    has_gpu = any(file.exists() for file in GPU_FILES)
    if has_gpu and _offers_cuda():
        return "cuda"
    if wanted == "cuda":
        raise device_missing_error(
            _("onnxruntime-gpu is not installed") if has_gpu else _("this machine has no NVIDIA GPU")
        )
    return "cpu"


def device_missing_error(why: str) -> FacePassError:
    """Return FacePassError 503 `device_missing`."""
    message = _("The GPU cannot be used: %(why)s. Set INFERENCE_DEVICE=cpu to do without it.") % {"why": why}
    return FacePassError("device_missing", message, status=503)


def may_use_openvino() -> bool:
    """Return whether OpenVINO may run networks. `auto` tries it where it is installed and the device is the CPU.

    Raise FacePassError 503 `runtime_unusable`, or as `inference_device` does.
    """
    wanted = settings.ENV.inference_runtime
    if wanted == "onnxruntime":
        return False
    why = ""
    if "openvino" not in installed_runtimes():
        why = _("it is not installed (pip install openvino)")
    elif inference_device() == "cuda":
        why = _("it runs on the CPU, but INFERENCE_DEVICE selects the GPU")
    if why and wanted == "openvino":
        raise runtime_unusable_error(why)
    return not why


def installed_runtimes() -> dict[str, str]:
    """Return {package: version} of the runtimes that are installed."""
    return {name: installed for name in RUNTIMES if (installed := _version(name))}


def runtime_unusable_error(why: str) -> FacePassError:
    """Return FacePassError 503 `runtime_unusable`, which is about OpenVINO."""
    message = _("OpenVINO cannot be used: %(why)s. Set INFERENCE_RUNTIME=auto to do without it.")
    return FacePassError("runtime_unusable", message % {"why": why}, status=503, details={"why": why})


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _offers_cuda() -> bool:
    import onnxruntime  # noqa: PLC0415 - slow to import, and only asked where there is a GPU

    return PROVIDERS["cuda"] in onnxruntime.get_available_providers()
