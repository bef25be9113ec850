"""Groups of faces of one person: name them, bring them together, reject them."""

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facepass.console.base import VERIFIERS, TenantAdmin, column
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from galleries.admin.person_forms import OwnPersonForm
from galleries.faces import decisions
from galleries.models import FaceCluster, PhotoFace
from galleries.people import naming
from galleries.staff_kit import markup

FACES_SHOWN = 6


@admin.register(FaceCluster)
class FaceClusterAdmin(TenantAdmin[FaceCluster]):
    editors = VERIFIERS
    form = OwnPersonForm
    list_display = ["faces_shown", "person_shown", "size", "rejected", "studio", "created_at"]
    list_display_links = ["person_shown"]
    list_select_related = ["person", "studio"]
    ordering = ["-size", "-created_at"]
    list_filter = ["rejected", ("person", admin.EmptyFieldListFilter)]
    search_fields = ["person__real_name"]
    fields = ["faces_shown", "person", "rejected", "studio", "session_id", "created_at"]
    readonly_fields = ["faces_shown", "rejected", "session_id", "created_at"]
    autocomplete_fields = ["person", "studio"]
    actions = ["merge", "reject"]

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[FaceCluster]:
        """Return the groups with `first_faces` of each: a prefetch that is sliced per group, in one query.

        Empty groups are left out: their rows are kept only so that a merge can be undone.
        """
        faces = PhotoFace.objects.defer("insightface_descriptor", "landmarks").select_related("photo")
        first = Prefetch("faces", faces.order_by("-insightface_confidence")[:FACES_SHOWN], to_attr="first_faces")
        rows = super().get_queryset(request).defer("centroid").prefetch_related(first)
        return rows.exclude(size=0, rejected=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Groups are found by the grouping."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FaceCluster | None = None) -> bool:
        """A group is rejected, which can be undone."""
        return False

    def save_model(self, request: HttpRequest, obj: FaceCluster, form: ModelForm[FaceCluster], change: bool) -> None:
        """A name is a decision about every face of the group."""
        if "person" in form.changed_data and self.has_change_permission(request, obj):
            naming.name_group(obj, obj.person, by=user_of(request))
        else:
            super().save_model(request, obj, form, change)

    @admin.action(description=_("Merge the selected groups: they are the same person"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[FaceCluster]) -> None:
        try:
            decision = decisions.merge(list(self.editable(request, queryset)), by=user_of(request))
        except FacePassError as refusal:
            messages.error(request, refusal.message)
        else:
            text = gettext("The groups were merged. Faces in the group: %(number)d.") % {"number": len(decision.same)}
            messages.success(request, text)

    @admin.action(description=_("Reject the selected groups: not faces, or unwanted"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[FaceCluster]) -> None:
        for group in self.editable(request, queryset):
            decisions.reject(group, by=user_of(request))
        messages.success(request, gettext("The faces are hidden. Decisions can be undone."))

    @column(_("faces"))
    def faces_shown(self, cluster: FaceCluster) -> str:
        faces: list[PhotoFace] = cluster.first_faces  # type: ignore[attr-defined]  # prefetched
        return format_html_join("", "{}", ((markup.face_crop(face),) for face in faces))

    @column(_("person"), ordering="person__real_name")
    def person_shown(self, cluster: FaceCluster) -> str:
        return str(cluster)
