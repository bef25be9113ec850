"""Groups of faces of one person."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Prefetch
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from facepass.admin_tenancy import VERIFIERS, TenantAdmin, column
from galleries.admin import show
from galleries.models import FaceCluster, PhotoFace

FACES_SHOWN = 6


@admin.register(FaceCluster)
class FaceClusterAdmin(TenantAdmin):
    editors = VERIFIERS
    list_display = ["faces_shown", "person", "face_count", "rejected", "studio", "created_at"]
    list_select_related = ["person", "studio"]
    ordering = ["-created_at"]
    list_filter = ["rejected", ("person", admin.EmptyFieldListFilter)]
    search_fields = ["person__real_name"]
    fields = ["faces_shown", "person", "rejected", "studio", "session_id", "created_at"]
    readonly_fields = ["faces_shown", "session_id", "created_at"]
    autocomplete_fields = ["person", "studio"]

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the first faces of each group: the prefetch is sliced per group, in one query."""
        faces = PhotoFace.objects.defer("insightface_descriptor", "landmarks").select_related("photo")
        first = Prefetch("faces", faces.order_by("-insightface_confidence")[:FACES_SHOWN], to_attr="first_faces")
        return super().get_queryset(request).prefetch_related(first).annotate(face_count=Count("faces"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Groups are found by the grouping."""
        return False

    @column(_("faces"))
    def faces_shown(self, cluster: Any) -> str:
        return format_html_join("", "{}", ((show.crop(face),) for face in cluster.first_faces))

    @column(_("number"), ordering="face_count")
    def face_count(self, cluster: Any) -> int:
        return int(cluster.face_count)
