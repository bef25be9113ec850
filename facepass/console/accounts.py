"""Accounts in the admin: users, studios and API keys; and the queue's own tables in the admin's dress."""

from functools import partial
from typing import Any, TypedDict

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Model, QuerySet
from django.forms import ModelForm, TypedMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_q.admin import FailAdmin, QueueAdmin, ScheduleAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success
from django_stubs_ext import WithAnnotations
from rest_framework_simplejwt.token_blacklist import admin as _token_admin  # noqa: F401 - registers what we take out
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from facepass import pages
from facepass.console.base import MANAGERS, SuperuserAdmin, TenantAdmin, column, is_superuser
from facepass.console.sign_in.password_page import show_login
from facepass.console.studio_form import StudioForm
from facepass.console.unfold_admin import TabularInline
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from facepass.core.trash import studios
from facepass.models import PARTNER_SCOPES, STUDIO_SCOPES, ApiKey, Membership, Scope, Studio, User

# Rights come from memberships: Django's groups would only mislead.
admin.site.unregister(Group)
admin.site.unregister((OrmQ, Success, Failure, Schedule))
# Whoever guesses passwords is slowed down here as at the API.
admin.site.login = pages.limit_login(show_login)  # type: ignore[method-assign,assignment]
# Ids of tokens, which tell nobody anything.
admin.site.unregister((OutstandingToken, BlacklistedToken))


class MembershipInline(TabularInline[Membership, Model]):  # of a studio or of a user
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "studio"]


class MembershipsOfSuperusers(MembershipInline):
    """Who may add people to a studio names any user, so only a superuser may."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_superuser(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(User)
class UserAdmin(SuperuserAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    inlines = [MembershipsOfSuperusers]
    list_display = ["username", "email", "first_name", "last_name", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2")}),)
    readonly_fields = ["last_login", "date_joined"]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Users are there to sign in here; one who may not is made by taking that right away."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)


class MemberCount(TypedDict):
    """What the list's queryset adds to each studio."""

    member_count: int


@admin.register(Studio)
class StudioAdmin(TenantAdmin[Studio]):
    """Managers see and change their studio. Its name others read where a form offers it."""

    studio_path = "pk"
    editors = MANAGERS
    inlines = [MembershipsOfSuperusers]
    list_display = ["name", "slug", "member_count", "created_at"]
    search_fields = ["name", "slug"]
    form = StudioForm
    fields = [
        "name", "slug", "main_app_id", "time_zone", "logo", "colour", "contact", "controller", "privacy_contact",
        "data_processors", "supervisory_authority",
    ]  # fmt: skip
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Studio | None = None) -> tuple[str, ...]:
        """Which studio of Pixora it is decides whose photo sessions it sees, so that is the installation's to say."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if is_superuser(request) else (*fixed, "main_app_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Studio]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    def save_model(self, request: HttpRequest, obj: Studio, form: ModelForm[Studio], change: bool) -> None:
        super().save_model(request, obj, form, change)
        former = form.initial.get("logo") if "logo" in form.changed_data else None
        if former:
            transaction.on_commit(partial(former.storage.delete, former.name))

    def delete_model(self, request: HttpRequest, obj: Studio) -> None:
        """After the commit: files that are deleted cannot be rolled back."""
        transaction.on_commit(partial(studios.erase_studio, obj, by=user_of(request)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Studio]) -> None:
        for studio in queryset:
            self.delete_model(request, studio)

    def has_view_permission(self, request: HttpRequest, obj: Studio | None = None) -> bool:
        """A field that offers studios asks for it as well, and needs no more than a role."""
        is_offered = getattr(request.resolver_match, "url_name", None) == "autocomplete"
        return super().has_view_permission(request, obj) if is_offered else self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Studio | None = None) -> bool:
        return is_superuser(request)

    @column(_("members"), ordering="member_count")
    def member_count(self, studio: "WithAnnotations[Studio, MemberCount]") -> int:
        return studio.member_count


class ApiKeyForm(ModelForm[ApiKey]):
    """Offers the rights that a studio can have; a superuser may also give that of the installation."""

    scopes = TypedMultipleChoiceField(
        label=_("Rights"),
        choices=[choice for choice in Scope.choices if choice[0] in STUDIO_SCOPES],
        initial=list(PARTNER_SCOPES),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class ApiKeyFormOfSuperusers(ApiKeyForm):
    scopes = TypedMultipleChoiceField(
        label=_("Rights"),
        choices=Scope.choices,
        initial=list(PARTNER_SCOPES),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


def _form_for(request: HttpRequest) -> dict[str, type[ApiKeyForm]]:
    return {"form": ApiKeyFormOfSuperusers if is_superuser(request) else ApiKeyForm}


def _holds_scopes_of(request: HttpRequest, key: ApiKey) -> bool:
    return is_superuser(request) or Scope.INSTALLATION not in key.scopes


@admin.register(ApiKey)
class ApiKeyAdmin(TenantAdmin[ApiKey]):
    """A key's secret is shown when it is issued, and never again."""

    form = ApiKeyForm
    editors = viewers = MANAGERS
    list_display = ["name", "prefix_shown", "studio", "scopes_shown", "status", "last_used_at", "expires_at"]
    list_select_related = ["studio"]
    search_fields = ["name", "prefix"]
    autocomplete_fields = ["studio"]
    actions = ["rotate", "revoke"]

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[ApiKey]]:
        return super().get_form(request, obj, change, **{**kwargs, **_form_for(request)})

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Nobody changes a key that may do more than they may themselves."""
        return super().has_change_permission(request, obj) and (obj is None or _holds_scopes_of(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        shown = ("prefix_shown", "revoked_at", "last_used_at") if obj else ()
        return (*super().get_readonly_fields(request, obj), *shown)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        own = ("studio", "name", "scopes", "expires_at")
        return (*own, "prefix_shown", "revoked_at", "last_used_at") if obj else own

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm[ApiKey], change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        issued, token = ApiKey.issue(obj.studio, name=obj.name, scopes=obj.scopes, expires_at=obj.expires_at)
        obj.pk, obj.prefix = issued.pk, issued.prefix
        text = gettext("Copy this key now, it is shown only once: {}")
        messages.warning(request, format_html(text, format_html("<code>{}</code>", token)))

    @admin.action(description=_("Rotate the selected keys (the old ones work for another day)"))
    def rotate(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in self.editable(request, queryset):
            if not _holds_scopes_of(request, key):
                raise PermissionDenied
            try:
                _new, token = key.rotate()
            except FacePassError as refusal:
                self.message_user(request, f"{key}: {refusal.message}", messages.ERROR)
                continue
            text = gettext("{}: copy the new key now, it is shown only once: {}")
            messages.warning(request, format_html(text, key, format_html("<code>{}</code>", token)))

    @admin.action(description=_("Revoke the selected keys"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse | None:
        """Asks first: what uses the key stops working at once."""
        keys = self.editable(request, queryset).filter(revoked_at=None)
        if "confirmed" not in request.POST:
            context = {**self.admin_site.each_context(request), "title": gettext("Revoke keys?"), "keys": keys}
            return TemplateResponse(request, "admin/facepass/apikey/revoke.html", {**context, "opts": self.opts})
        number = keys.update(revoked_at=timezone.now())
        text = ngettext("%(number)d key was revoked.", "%(number)d keys were revoked.", number) % {"number": number}
        self.message_user(request, text, messages.SUCCESS)
        return None

    @column(_("key"), ordering="prefix")
    def prefix_shown(self, key: ApiKey) -> str:
        return f"fp_{key.prefix}…"

    @column(_("rights"))
    def scopes_shown(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @column(_("status"), label={"usable": "success", "expired": "warning", "revoked": "danger"})
    def status(self, key: ApiKey) -> tuple[str, str]:
        if key.revoked_at:
            return "revoked", gettext("revoked")
        if key.expires_at and key.expires_at <= timezone.now():
            return "expired", gettext("expired")
        return "usable", gettext("usable")


@admin.register(OrmQ)
class QueuedTaskAdmin(QueueAdmin, SuperuserAdmin[Model]):
    """A queued wake-up call of the workers; to be looked at, and to be deleted."""

    def has_change_permission(self, request: HttpRequest, obj: OrmQ | None = None) -> bool:
        return False


@admin.register(Success)
class FinishedTaskAdmin(TaskAdmin, SuperuserAdmin[Model]):
    list_filter = ["started"]


@admin.register(Failure)
class FailedTaskAdmin(FailAdmin, SuperuserAdmin[Model]):
    list_filter = ["started"]


@admin.register(Schedule)
class ScheduledTaskAdmin(ScheduleAdmin, SuperuserAdmin[Model]):
    pass
