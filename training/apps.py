from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        from facepass.core.work import chores  # noqa: PLC0415 - models are not loaded when this module is
        from galleries.jobs import runner  # noqa: PLC0415

        runner.register_handler("prepare_training", "training.learning.preparation.run_prepare_job")
        runner.register_handler("train", "training.run.run_train_job")
        runner.register_handler("list_name_changes", "training.renaming.run_list_job")
        runner.register_handler("apply_name_changes", "training.renaming.run_apply_job")
        chores.register_chore("training.tasks.settle", every=60)
