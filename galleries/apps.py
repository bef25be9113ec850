from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class GalleriesConfig(AppConfig):
    name = "galleries"
    verbose_name = _("Galleries")

    def ready(self) -> None:
        from facepass import housekeeping  # noqa: PLC0415 - models are not loaded when this module is
        from galleries import checks, jobs  # noqa: F401, PLC0415 - checks registers itself

        jobs.register("cluster_unknown_faces", "galleries.grouping.in_a_turn")
        jobs.register("rebuild_index", "galleries.nearest.in_a_turn")
        jobs.register("recognize_gallery", "galleries.recognise.gallery")
        jobs.register("generate_descriptors", "galleries.redescription.in_turns")
        jobs.register("regenerate_unknown_descriptors", "galleries.unknown.redescribe")

        housekeeping.register("galleries.incoming.sweep", every=3600)
        housekeeping.register("galleries.models.suggestion.forget_old", every=3600)

        post_delete.connect(discard_with_row, sender="galleries.GalleryImage", dispatch_uid="photo files")


def discard_with_row(instance: Any, **kwargs: Any) -> None:
    """A photo's files go with its row, however the row goes: a signal is the one place that sees cascades too."""
    from galleries import media  # noqa: PLC0415 - models are not loaded when this module is

    names = media.storage_names(instance)  # now: after the commit the instance has lost its id
    transaction.on_commit(lambda: media.discard(names))
