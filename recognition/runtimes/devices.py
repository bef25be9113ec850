"""Where networks run, INFERENCE_DEVICE, and what runs them, INFERENCE_RUNTIME.

Nothing else is taken in silence where one was asked for.
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
# What NVIDIA's driver puts there, and what WSL does. Asking CUDA itself would keep this process from forking.
GPU_FILES = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


def device() -> Device:
    """Where networks run. `auto` takes the GPU where there is one and onnxruntime-gpu is installed.

    Raises FacePassError 503 `device_missing`.
    """
    asked = settings.ENV.inference_device
    if asked == "cpu":
        return "cpu"
    has_gpu = any(file.exists() for file in GPU_FILES)
    if has_gpu and _offers_cuda():
        return "cuda"
    if asked == "cuda":
        raise missing(_("onnxruntime-gpu is not installed") if has_gpu else _("this machine has no NVIDIA GPU"))
    return "cpu"


def missing(why: str) -> FacePassError:
    message = _("The GPU can not be used: %(why)s. Set INFERENCE_DEVICE=cpu to do without it.") % {"why": why}
    return FacePassError("device_missing", message, status=503)


def tries_openvino() -> bool:
    """Whether OpenVINO may run networks. `auto` tries it where it is installed and the CPU is the device.

    Raises FacePassError 503: `runtime_unusable`, or as `device` does.
    """
    asked = settings.ENV.inference_runtime
    if asked == "onnxruntime":
        return False
    why = ""
    if "openvino" not in runtimes():
        why = _("it is not installed (pip install openvino)")
    elif device() == "cuda":
        why = _("it runs on the CPU, and INFERENCE_DEVICE leads to the GPU")
    if why and asked == "openvino":
        raise unusable(why)
    return not why


def runtimes() -> dict[str, str]:
    """The versions of those that are installed."""
    return {name: found for name in RUNTIMES if (found := _version(name))}


def unusable(why: str) -> FacePassError:
    message = _("OpenVINO can not be used: %(why)s. Set INFERENCE_RUNTIME=auto to do without it.")
    return FacePassError("runtime_unusable", message % {"why": why}, status=503, details={"why": why})


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _offers_cuda() -> bool:
    import onnxruntime  # noqa: PLC0415 - slow to import, and only asked where there is a GPU

    return PROVIDERS["cuda"] in onnxruntime.get_available_providers()
