from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class GalleriesConfig(AppConfig):
    name = "galleries"
    verbose_name = _("Galleries")

    def ready(self) -> None:
        from facepass.core.work import chores  # noqa: PLC0415 - models are not loaded when this module is
        from galleries import checks, trash  # noqa: F401, PLC0415 - checks registers itself
        from galleries.jobs import runner  # noqa: PLC0415 - as above

        runner.register_handler("cluster_unknown_faces", "galleries.faces.grouping.run_grouping_job")
        runner.register_handler("move_to_trash", "galleries.jobs.deletion_jobs.run_deletion_job")
        runner.register_handler("restore_from_trash", "galleries.jobs.deletion_jobs.run_restoration_job")
        runner.register_handler("erase_from_trash", "galleries.jobs.deletion_jobs.run_erasure_job")
        runner.register_handler("rebuild_index", "galleries.matching.nearest.run_rebuild_job")
        runner.register_handler("recognize_gallery", "galleries.faces.name_proposals.propose_names")
        runner.register_handler("generate_descriptors", "galleries.faces.redescription.run_redescription_job")
        runner.register_handler("regenerate_unknown_descriptors", "galleries.faces.unknown_faces.run_unknown_faces_job")

        chores.register_chore("galleries.photos.direct_uploads.sweep", every=3600)
        chores.register_chore("galleries.photos.bursts.measuring.measure_old_photos", every=60)
        chores.register_chore("galleries.models.suggestion.delete_orphaned_counts", every=3600)

        trash.register()
        post_delete.connect(delete_files_with_row, sender="galleries.GalleryImage", dispatch_uid="photo files")


def delete_files_with_row(instance: Any, **kwargs: Any) -> None:
    """Delete a photo's files after its row. A signal, because nothing else hears of rows that a cascade deletes."""
    from galleries.photos import media_files  # noqa: PLC0415 - models are not loaded when this module is

    names = media_files.storage_names(instance)  # before the commit, after which the instance has lost its id
    transaction.on_commit(lambda: media_files.delete_files(names))
