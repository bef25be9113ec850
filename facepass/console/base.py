"""What the admin of every tenant's rows has in common: who sees them, and who may change them.

Rights come from the roles of `Membership`, not from Django's model permissions: they differ by studio, and Django's
do not. A stranger's row is not in the queryset, and so a 404.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.decorators import display

from facepass.core.access.tenancy import studios_of
from facepass.core.forms import ParseableJSONField
from facepass.models import Role, User

MANAGERS = frozenset({Role.OWNER, Role.MANAGER})
EDITORS = MANAGERS | {Role.PHOTOGRAPHER}
VERIFIERS = EDITORS | {Role.VERIFIER}


F = TypeVar("F", bound=Callable[..., Any])


def column(title: Any, **options: Any) -> Callable[[F], F]:
    """unfold's `display`, with types: a method that is a column of a list. `label`: colours by the value's code."""
    if "empty" in options:
        options["empty_value"] = options.pop("empty")
    decorator: Callable[[F], F] = display(description=title, **options)
    return decorator


def roles(request: HttpRequest) -> dict[UUID, str]:
    """The roles of the signed-in member of staff by studio; asked once for each request."""
    if not isinstance(request.user, User):  # the page where one signs in
        return {}
    if not hasattr(request, "_roles"):
        request._roles = dict(request.user.memberships.values_list("studio", "role"))  # type: ignore[attr-defined]
    kept: dict[UUID, str] = request._roles  # type: ignore[attr-defined]
    return kept


def has_role(request: HttpRequest, studio_id: UUID, wanted: frozenset[Role]) -> bool:
    """Whether the member of staff has one of these roles in that studio; for pages that are no model form."""
    return is_superuser(request) or roles(request).get(studio_id) in wanted


def has_role_anywhere(request: HttpRequest, wanted: frozenset[Role]) -> bool:
    """Return whether the member of staff has one of these roles in any studio."""
    return is_superuser(request) or any(role in wanted for role in roles(request).values())


def is_superuser(request: HttpRequest) -> bool:
    """Also named in the settings, for what the sidebar shows."""
    return bool(request.user.is_active and request.user.is_superuser)


class BaseAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Lists of a size that stays quick, and choices that are never more than the person may see."""

    list_per_page = 50
    compressed_fields = True
    list_filter_submit = True

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Titled with what it lists. Django's "Select studio to change" says less, and is no Russian."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.JSONField):
            kwargs["form_class"] = ParseableJSONField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        """What a form accepts is what the related list shows. (An autocomplete alone only limits what it offers.)"""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        return related.get_queryset(request) if related else super().get_field_queryset(db, db_field, request)


class SuperuserAdmin(BaseAdmin):
    """Rows of the whole installation."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class TenantAdmin(BaseAdmin):
    """Rows of the studios that the person belongs to; those whose role is one of `editors` may change them."""

    studio_path: ClassVar[str] = "studio"
    editors: ClassVar[frozenset[Role]] = EDITORS

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows if is_superuser(request) else rows.filter(**{f"{self.studio_path}__in": studios_of(request.user)})

    def studio_id_of(self, obj: Any) -> UUID:
        *path, last = self.studio_path.split("__")
        found: UUID = getattr(reduce(getattr, path, obj), f"{last}_id")
        return found

    def editable(self, request: HttpRequest, rows: Any) -> Any:
        """Those of `rows` that the person may change; for actions on many."""
        if is_superuser(request):
            return rows
        return rows.filter(**{f"{self.studio_path}__in": _studios_as(self.editors, request)})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request) or bool(
            roles(request) if obj is None else self.studio_id_of(obj) in roles(request)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if is_superuser(request):
            return True
        studios = _studios_as(self.editors, request)
        return bool(studios) if obj is None else self.studio_id_of(obj) in studios

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The last word for every way of saving: lists that edit in place ask no permission for each row."""
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """A row stays in its studio: what it refers to is there."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        return (*fixed, "studio") if obj and self.studio_path == "studio" else fixed

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        own = list(studios_of(request.user)[:2])
        only = {"studio": own[0].pk} if len(own) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        """Counts, where Django would name every row: a gallery has thousands of faces."""
        kept_back = {str(self.opts.verbose_name) for obj in objs if not self.has_delete_permission(request, obj)}
        counts = {self.opts.verbose_name_plural: len(list(objs)), **_cascades(self.model, objs)}
        return [str(obj) for obj in objs], counts, kept_back, []


def _studios_as(wanted: frozenset[Role], request: HttpRequest) -> list[UUID]:
    return [studio for studio, role in roles(request).items() if role in wanted]


def _cascades(model: type[models.Model], objs: Iterable[Any]) -> dict[Any, int]:
    """How many rows go with these, by the plural of their name."""
    relations = [rel for rel in model._meta.get_fields(include_hidden=True) if rel.auto_created and not rel.concrete]
    found: dict[Any, int] = {}
    for relation in relations:
        if getattr(relation, "on_delete", None) is models.CASCADE:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": objs})  # type: ignore[union-attr]
            found[relation.related_model._meta.verbose_name_plural] = rows.count()  # type: ignore[union-attr]
    return found
