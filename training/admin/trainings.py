"""The training page: whether there is enough to learn from, start, progress, history, activate and roll back."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from facepass.console.base import MANAGERS, ExtraContext, TenantAdmin, column, is_superuser
from facepass.core import charts
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.core.errors import FacePassError
from facepass.core.figures import format_percent
from facepass.models import Studio
from galleries.models import Job
from training import readiness, renaming, run, versions
from training.admin import names_page, results, settings_page
from training.models import FaceTrainingSession

Status = FaceTrainingSession.Status
STATUS_LABELS = {
    Status.PENDING: "info",
    Status.RUNNING: "primary",
    Status.COMPLETED: "success",
    Status.FAILED: "danger",
    Status.CANCELLED: "warning",
}
# What can be done with a training: the question, what follows from it, and the verb.
Verb = Callable[[FaceTrainingSession, str], object]
CONFIRMED: dict[str, tuple[Promise, Promise, Verb]] = {
    "activate": (
        _("Use this version"),
        _("From now on this version gives the names. Existing names stay as they are, and you can roll back later."),
        lambda session, by: versions.activate_version(session, by=by),
    ),
    "roll-back": (
        _("Roll back to the previous version"),
        _("From now on the previous version gives the names or, if there is none, the most similar faces do."),
        lambda session, by: versions.roll_back_version(session, by=by),
    ),
}


@admin.register(FaceTrainingSession)
class FaceTrainingSessionAdmin(TenantAdmin[FaceTrainingSession]):
    editors = MANAGERS
    list_display = [
        "created_at", "status_shown", "studio", "people_count", "total_faces", "accuracy", "version", "started_by",
    ]  # fmt: skip
    list_select_related = ["studio", "template_set", "same_as"]
    list_filter = ["status"]
    search_fields = ["error_message", "started_by"]
    list_before_template = "admin/training/overview.html"
    change_form_outer_before_template = "admin/training/result.html"
    fields = [
        "status", "studio", "started_by", "created_at", "started_at", "completed_at", "people_count", "total_faces",
        "accuracy", "version", "error_message",
    ]  # fmt: skip

    class Media:
        css = {"all": ["facepass-admin/admin.css", "facepass-admin/kit/kit.css", "facepass-admin/training.css"]}
        js = [forms.Script("facepass-admin/training.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FaceTrainingSession]:
        return super().get_queryset(request).defer("manifest")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FaceTrainingSession | None = None) -> bool:
        """A record of what happened."""
        return False

    def may_train(self, request: HttpRequest, studio_id: UUID) -> bool:
        return _list_trainable(self, request).filter(pk=studio_id).exists()

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("start/", wrap(require_POST(self.start_view)), name="training_start"),
            path("settings/", wrap(self.settings_view), name="training_settings"),
            path("<uuid:pk>/cancel/", wrap(require_POST(self.cancel_view)), name="training_cancel"),
            path("<uuid:pk>/apply/", wrap(self.names_view), name="training_apply"),
            path("<uuid:pk>/list-names/", wrap(require_POST(self.list_names_view)), name="training_list_names"),
            *[
                path(f"<uuid:pk>/{what}/", wrap(self.confirm_view), {"what": what}, name=f"training_{what}")
                for what in CONFIRMED
            ],
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: ExtraContext = None) -> HttpResponse:
        sessions = FaceTrainingSession.objects.visible_to(user_of(request))
        sessions.end_with_jobs()
        studios = list(studios_of(user_of(request)).values_list("pk", flat=True))
        months = readiness.measure_drift(studios)
        more = {
            "readiness": readiness.assess_readiness(studios),
            "running": sessions.running().select_related("job", "studio").first(),
            "studios": _list_trainable(self, request),
            "in_use": _list_in_use(sessions),
            "drift": _draw_drift(months) if months else None,
            "months": months,
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: ExtraContext = None
    ) -> HttpResponse:
        FaceTrainingSession.objects.visible_to(user_of(request)).end_with_jobs()
        session = self.get_object(request, object_id)
        more = results.build_context(session, may_train=self.may_train(request, session.studio_id)) if session else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def start_view(self, request: HttpRequest) -> HttpResponse:
        chosen_id = request.POST.get("studio", "")
        trainable = _list_trainable(self, request)
        studio = next((studio for studio in trainable if chosen_id in ("", str(studio.pk))), None)
        if studio is None:
            raise PermissionDenied
        try:
            run.start_training(studio, by=str(request.user))
        except FacePassError as refusal:
            messages.error(request, refusal.message)
        return redirect("admin:training_facetrainingsession_changelist")

    def cancel_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        session = self._require_training(request, pk)
        if session.job_id is not None:
            Job.objects.filter(pk=session.job_id).cancel()
        FaceTrainingSession.objects.filter(pk=pk).end_with_jobs()
        messages.info(request, gettext("The training was cancelled. Nothing of it was put in use."))
        return redirect("admin:training_facetrainingsession_changelist")

    def confirm_view(self, request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
        session = self._require_training(request, pk)
        title, consequence, verb = CONFIRMED[what]
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": title, "consequence": consequence}
            return TemplateResponse(request, "admin/training/confirm.html", {**context, "session": session})
        try:
            verb(session, str(request.user))
        except FacePassError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, gettext("Done: %(what)s") % {"what": title})
        return redirect("admin:training_facetrainingsession_change", pk)

    def names_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The names that a version would change; managers have them changed, by a job."""
        if request.method == "POST":
            training = self._require_training(request, pk)
            return self._start_names_job(request, training, renaming.start_applying, by=str(request.user))
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        context = names_page.build_context(session, kind=request.GET.get("kind", ""), page=request.GET.get("page", "1"))
        more = {"may_train": self.may_train(request, session.studio_id), "media": self.media}
        title = {"title": gettext("Names that would change")}
        return TemplateResponse(
            request, "admin/training/names.html", {**self.admin_site.each_context(request), **context, **more, **title}
        )

    def list_names_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self._start_names_job(request, self._require_training(request, pk), renaming.start_listing)

    def _start_names_job(
        self, request: HttpRequest, session: FaceTrainingSession, start: Callable[..., Job], **options: str
    ) -> HttpResponse:
        try:
            start(session, **options)
        except FacePassError as refusal:
            messages.error(request, refusal.message)
        return redirect("admin:training_apply", session.pk)

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return settings_page.respond(request, media=self.media)

    def _require_training(self, request: HttpRequest, pk: UUID) -> FaceTrainingSession:
        """Return the training. Raise Http404, or PermissionDenied for who may look at it only."""
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        if not self.may_train(request, session.studio_id):
            raise PermissionDenied
        return session

    @column(_("status"), ordering="status", label=STATUS_LABELS)
    def status_shown(self, session: FaceTrainingSession) -> tuple[str, str]:
        text = gettext("skipped, nothing new") if session.same_as_id else session.get_status_display()
        return session.status, text

    @column(_("accuracy"), ordering="model_accuracy")
    def accuracy(self, session: FaceTrainingSession) -> str | None:
        return None if session.model_accuracy is None else format_percent(session.model_accuracy, 1)

    @column(_("version"))
    def version(self, session: FaceTrainingSession) -> str | None:
        if session.template_set is None:
            return None
        number = str(session.template_set.number)
        return gettext("%(number)s, in use") % {"number": number} if session.template_set.active else number


def _draw_drift(months: Sequence[readiness.MonthlySimilarity]) -> charts.Band:
    return charts.draw_band(
        [charts.Spread(date_format(month.month, "M Y"), month.low, month.median, month.high) for month in months]
    )


def _list_in_use(
    sessions: QuerySet[FaceTrainingSession],
) -> list[tuple[FaceTrainingSession, names_page.ChangesSummary]]:
    """Return the trainings whose version is in use, one for each studio, with the names that it would change."""
    rows = sessions.filter(template_set__active=True).select_related("studio", "template_set").defer("manifest")
    in_use = list(rows)
    jobs = renaming.find_jobs(in_use) if in_use else {}
    return [(session, names_page.summarise_changes(session, jobs.get(session.pk))) for session in in_use]


def _list_trainable(page: FaceTrainingSessionAdmin, request: HttpRequest) -> QuerySet[Studio]:
    """Return the studios whose trainings the person may start and use."""
    user = user_of(request)
    studios = studios_of(user)
    if not is_superuser(request):
        studios = studios.filter(memberships__user=user, memberships__role__in=page.editors)
    # By their ids, since the memberships may name a studio twice.
    return Studio.objects.filter(pk__in=studios.values("pk")).order_by("name")
