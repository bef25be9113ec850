"""Where networks run: INFERENCE_DEVICE. The CPU is never taken in silence where the GPU was asked for."""

from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.errors import FacePassError

Device = Literal["cpu", "cuda"]
PROVIDERS: Final[dict[Device, str]] = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
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


def _offers_cuda() -> bool:
    import onnxruntime  # noqa: PLC0415 - slow to import, and only asked where there is a GPU

    return PROVIDERS["cuda"] in onnxruntime.get_available_providers()
