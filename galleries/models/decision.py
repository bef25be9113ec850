import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, QuerySet, TextField, UUIDField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from galleries.models.cluster import Occasion
from galleries.models.gallery import Gallery

# SQL: how many of the faces that a decision names have been deleted.
FACES_GONE = """
    SELECT count(*) FROM (
        SELECT unnest(face_decisions.same || face_decisions.apart) AS id
        UNION SELECT jsonb_object_keys(face_decisions.before -> 'faces')::uuid
    ) named WHERE NOT EXISTS (SELECT FROM photo_faces face WHERE face.id = named.id)
"""


class FaceDecisionQuerySet(TenantQuerySet["FaceDecision"]):
    def within(self, occasion: Occasion) -> "FaceDecisionQuerySet":
        return self.filter(**occasion.fields)

    def standing(self) -> "FaceDecisionQuerySet":
        """Decisions that were not undone."""
        return self.filter(undone_at=None)

    def with_faces_gone(self) -> "FaceDecisionQuerySet":
        """Add `faces_gone`: how many of the faces were deleted since, with their photo or by an erasure."""
        return self.annotate(faces_gone=RawSQL(FACES_GONE, []))  # type: ignore[no-redef]  # noqa: S611 - a constant

    def stated_face_ids(self) -> "QuerySet[Any, Any]":
        """Return the ids of the faces that are said to be one person or not, for `pk__in`."""
        stated = Func(F("same"), F("apart"), template="unnest(%(expressions)s)", arg_joiner=" || ")
        return self.order_by().values_list(Cast(stated, UUIDField()))

    def changed_face_ids(self) -> "QuerySet[Any, Any]":
        """Return the ids of the faces whose columns the decisions changed, for `pk__in`."""
        keys = Func(F("before__faces"), function="jsonb_object_keys", output_field=TextField())
        return self.order_by().values_list(Cast(keys, UUIDField()))


class FaceDecision(models.Model):
    """What a person decided about faces, and how to undo it. No later run of the grouping overrides it.

    `same`: faces of one person. `apart`: faces of nobody in `same`. `before` and `after`: the faces' and the groups'
    columns on either side of the change, as `galleries.faces.changes` writes them.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("same person")
        SPLIT = "split", _("split")
        APART = "apart", _("not the same person")
        NAME = "name", _("named")
        # Both leave faces out of searches and groups. What was decided before there were two kinds is the first.
        REJECT = "reject", _("not a face, or unwanted")
        HIDE = "hide", _("hidden: somebody who should not be found")
        CONFIRM = "confirm", _("confirmed")
        DENY = "deny", _("not that person")
        UNITE = "unite", _("two people are one")
        SHOW = "show", _("a face after all")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    session_id = models.UUIDField(_("photo session"), null=True, blank=True, db_index=True)
    gallery = models.ForeignKey(Gallery, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(_("decision"), max_length=10, choices=Kind.choices)
    same = ArrayField(models.UUIDField(), default=list, editable=False)
    apart = ArrayField(models.UUIDField(), default=list, editable=False)
    before = models.JSONField(default=dict, editable=False)
    after = models.JSONField(default=dict, editable=False)
    # Whom it is about, where it is about one; how they were called then is not kept.
    person = models.ForeignKey(
        "galleries.Person", models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("person")
    )
    # How many faces it is about; lists need not read their ids.
    face_count = models.PositiveIntegerField(_("faces"), default=0, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    # For whoever is no member of staff: the name of an API key.
    made_with = models.CharField(_("by app"), max_length=100, default="", blank=True)
    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("undone by"),
    )  # fmt: skip
    undone_with = models.CharField(_("undone by app"), max_length=100, default="", blank=True, editable=False)

    objects = FaceDecisionQuerySet.as_manager()
    # Only on rows from `with_faces_gone`.
    faces_gone = 0

    class Meta:
        db_table = "face_decisions"
        ordering = ["-made_at"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            readable_constraint("face_decisions", json=["before", "after"], moments=["made_at", "undone_at"])
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.studio_id, session_id=self.session_id, gallery_id=self.gallery_id)

    @property
    def maker(self) -> str:
        """Who made it: a member of staff, or an app by the name of its key."""
        return self.made_by.get_username() if self.made_by else self.made_with

    @property
    def undoer(self) -> str:
        return self.undone_by.get_username() if self.undone_by else self.undone_with
