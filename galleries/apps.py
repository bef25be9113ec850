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
        from galleries import checks  # noqa: F401, PLC0415 - checks registers itself
        from galleries.jobs import runner  # noqa: PLC0415 - as above

        runner.register("cluster_unknown_faces", "galleries.faces.grouping.in_a_turn")
        runner.register("rebuild_index", "galleries.matching.nearest.in_a_turn")
        runner.register("recognize_gallery", "galleries.faces.name_proposals.propose_names")
        runner.register("generate_descriptors", "galleries.faces.redescription.in_turns")
        runner.register("regenerate_unknown_descriptors", "galleries.faces.unknown_faces.redescribe")

        chores.register("galleries.photos.direct_uploads.sweep", every=3600)
        chores.register("galleries.models.suggestion.forget_old", every=3600)

        post_delete.connect(discard_with_row, sender="galleries.GalleryImage", dispatch_uid="photo files")


def discard_with_row(instance: Any, **kwargs: Any) -> None:
    """A photo's files go with its row, however the row goes: a signal is the one place that sees cascades too."""
    from galleries.photos import media_files  # noqa: PLC0415 - models are not loaded when this module is

    names = media_files.storage_names(instance)  # now: after the commit the instance has lost its id
    transaction.on_commit(lambda: media_files.discard(names))
