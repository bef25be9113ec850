"""What the admin of every tenant's rows has in common: who sees them, and who may change them.

Rights come from the roles of `Membership`, not from Django's model permissions: they differ by studio, and Django's
do not. A stranger's row is not in the queryset, and so a 404.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from unfold.decorators import display

from facepass.console.unfold_admin import ModelAdmin
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.core.forms import ParseableJSONField
from facepass.models import EDITORS, MANAGERS, VERIFIERS, Role, Studio, User

__all__ = ["EDITORS", "MANAGERS", "VERIFIERS"]  # also of `facepass.models`, for every page

M = TypeVar("M", bound=models.Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])
Column = TypeVar("Column", bound=Callable[..., object])
# What Django hands through to a page's template.
ExtraContext = dict[str, Any] | None


def column(title: str | Promise, **options: Any) -> Callable[[Column], Column]:  # as unfold's `display` takes them
    """Return a decorator that makes a method a column of a list: unfold's `display`, with types.

    `label` gives the colours of labels by a code; the method then returns the code and the text. `empty` is shown for
    None.
    """
    if "empty" in options:
        options["empty_value"] = options.pop("empty")
    decorator: Callable[[Column], Column] = display(description=title, **options)
    return decorator


def roles(request: HttpRequest) -> dict[UUID, str]:
    """Return the roles of the signed-in member of staff by studio. They are read once for each request."""
    return {studio_id: role for studio_id, (role, _studio) in read_memberships(request).items()}


def read_memberships(request: HttpRequest) -> dict[UUID, tuple[str, Studio]]:
    """Return the role of the signed-in member of staff, and the studio, by its id."""
    if not isinstance(request.user, User):  # the page where one signs in
        return {}
    if not hasattr(request, "_memberships"):
        rows = request.user.memberships.select_related("studio")
        request._memberships = {row.studio_id: (row.role, row.studio) for row in rows}  # type: ignore[attr-defined]
    kept: dict[UUID, tuple[str, Studio]] = request._memberships  # type: ignore[attr-defined]
    return kept


def common_zone(request: HttpRequest) -> ZoneInfo | None:
    """Return the time zone that all studios of the member of staff have; None where there are several, or none."""
    zones = {studio.zone for _role, studio in read_memberships(request).values()}
    return zones.pop() if len(zones) == 1 else None


def read_in_time_of(request: HttpRequest, row: models.Model, path: str) -> None:
    """Have the rest of the request read and type dates in the zone of the row's studio, to which `path` leads.

    Where the member of staff has one zone only, that is used already.
    """
    if common_zone(request) is not None and not is_superuser(request):
        return
    studio_id = find_studio_id(row, path)
    _role, studio = read_memberships(request).get(studio_id, ("", None))
    studio = studio or Studio.objects.filter(pk=studio_id).first()
    if studio:
        timezone.activate(studio.zone)


def find_studio_id(row: models.Model, path: str) -> UUID:
    """Return the id of the studio that the row belongs to, to which `path` leads, such as `gallery__studio`."""
    if path == "pk":
        return cast(UUID, row.pk)
    *steps, last = path.split("__")
    parent: object = reduce(getattr, steps, row)
    return cast(UUID, getattr(parent, f"{last}_id"))


def has_role(request: HttpRequest, studio_id: UUID, wanted: frozenset[Role]) -> bool:
    """Return whether the member of staff has one of these roles in that studio; for pages that are no model form."""
    return is_superuser(request) or roles(request).get(studio_id) in wanted


def has_role_anywhere(request: HttpRequest, wanted: frozenset[Role]) -> bool:
    """Return whether the member of staff has one of these roles in any studio."""
    return is_superuser(request) or any(role in wanted for role in roles(request).values())


def is_superuser(request: HttpRequest) -> bool:
    """Return whether who is signed in may do everything. The settings name this too, for what the sidebar shows."""
    return bool(request.user.is_active and request.user.is_superuser)


class BaseAdmin(ModelAdmin[M]):
    """Lists of a size that stays quick, and choices that are never more than the person may see."""

    # Drawing a row takes longer than asking for it: 25 are there in 70 % of the time of 50.
    list_per_page = 25
    compressed_fields = True
    list_filter_submit = True
    empty_value_display = "–"

    def changelist_view(self, request: HttpRequest, extra_context: ExtraContext = None) -> HttpResponse:
        """Titled with what it lists. Django's "Select studio to change" says less, and is no Russian."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> type[forms.BaseModelFormSet[M, Any]]:
        """Return the forms of rows that are edited in their list, where no label stands beside a field."""
        formset = super().get_changelist_formset(request, **kwargs)
        for name in self.list_editable:
            field = formset.form.base_fields[name]
            field.widget.attrs["aria-label"] = str(field.label)
        return formset

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.JSONField):
            kwargs["form_class"] = ParseableJSONField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_field_queryset(
        self, db: str | None, db_field: RelatedField[Any, Any], request: HttpRequest
    ) -> QuerySet[Any] | None:
        """Return what a form accepts: what the related list shows. An autocomplete alone only limits what it offers."""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        return related.get_queryset(request) if related else super().get_field_queryset(db, db_field, request)


class SuperuserAdmin(BaseAdmin[M]):
    """Rows of the whole installation."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class TenantAdmin(BaseAdmin[M]):
    """Rows of the studios that the person belongs to; those whose role is one of `editors` may change them."""

    studio_path: ClassVar[str] = "studio"
    editors: ClassVar[frozenset[Role]] = EDITORS
    # Who sees the rows; None for every member.
    viewers: ClassVar[frozenset[Role] | None] = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        rows = super().get_queryset(request)
        if is_superuser(request):
            return rows
        if self.viewers is not None:
            return rows.filter(**{f"{self.studio_path}__in": _studios_as(self.viewers, request)})
        return rows.filter(**{f"{self.studio_path}__in": studios_of(user_of(request))})

    def studio_id_of(self, obj: M) -> UUID:
        """Return the id of the studio that the row belongs to, which `studio_path` leads to."""
        return find_studio_id(obj, self.studio_path)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        """Return the row, whose dates are from then on shown and read in its studio's time zone."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            read_in_time_of(request, row, self.studio_path)
        return row

    def editable(self, request: HttpRequest, rows: Rows) -> Rows:
        """Return those of the rows that the person may change; for actions on many."""
        if is_superuser(request):
            return rows
        return rows.filter(**{f"{self.studio_path}__in": _studios_as(self.editors, request)})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        if is_superuser(request):
            return True
        studios = list(roles(request)) if self.viewers is None else _studios_as(self.viewers, request)
        return bool(studios) if obj is None else self.studio_id_of(obj) in studios

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        if is_superuser(request):
            return True
        studios = _studios_as(self.editors, request)
        return bool(studios) if obj is None else self.studio_id_of(obj) in studios

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: M, form: forms.ModelForm[M], change: bool) -> None:
        """Save the row if the person may: lists that edit in place ask for no permission for each row."""
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        """Return the class's own and the studio of a row that exists: it stays there, with what it refers to."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        return (*fixed, "studio") if obj and self.studio_path == "studio" else fixed

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """Return what Django fills in, and the studio of a person who has one only."""
        studios = list(studios_of(user_of(request))[:2])
        only_studio: dict[str, str | list[str]] = {"studio": str(studios[0].pk)} if len(studios) == 1 else {}
        return {**only_studio, **super().get_changeform_initial_data(request)}

    def get_deleted_objects(
        self, objs: Sequence[M] | QuerySet[M], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return counts, where Django would name every row: a gallery has thousands of faces."""
        kept_back = {str(self.opts.verbose_name) for obj in objs if not self.has_delete_permission(request, obj)}
        counts = {str(self.opts.verbose_name_plural): len(list(objs)), **_count_cascades(self.model, objs)}
        return [str(obj) for obj in objs], counts, kept_back, []


class ReadOnlyAdmin(TenantAdmin[M]):
    """Rows that are looked at, and changed by nothing that a form does."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    has_delete_permission = has_change_permission


def _studios_as(wanted: frozenset[Role], request: HttpRequest) -> list[UUID]:
    return [studio for studio, role in roles(request).items() if role in wanted]


def _count_cascades(model: type[M], objs: Sequence[M] | QuerySet[M]) -> dict[str, int]:
    """Return how many rows are deleted with these, by the plural of their name; kinds without a row are left out."""
    relations = [rel for rel in model._meta.get_fields(include_hidden=True) if rel.auto_created and not rel.concrete]
    counts: dict[str, int] = {}
    for relation in relations:
        if getattr(relation, "on_delete", None) is models.CASCADE:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": objs})  # type: ignore[union-attr]
            if number := rows.count():
                counts[str(relation.related_model._meta.verbose_name_plural)] = number  # type: ignore[union-attr]
    return counts
