from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        from facepass import housekeeping  # noqa: PLC0415 - models are not loaded when this module is
        from galleries import jobs  # noqa: PLC0415

        jobs.register("prepare_training", "training.prepare.in_a_turn")
        jobs.register("train", "training.run.in_a_turn")
        housekeeping.register("training.tasks.settle", every=60)
