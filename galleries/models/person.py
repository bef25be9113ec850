import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import ADDRESS_LENGTH, check_json, check_moment
from facepass.core.errors import FacePassError
from galleries.models.face import PhotoFace


class PersonQuerySet(TenantQuerySet["Person"]):
    def with_face_count(self) -> "PersonQuerySet":
        """Add `face_count` by a subquery, which PostgreSQL answers for the page's rows only."""
        faces = PhotoFace.objects.filter(person=models.OuterRef("pk")).order_by().values("person")
        counted = models.Subquery(faces.annotate(n=models.Count("pk")).values("n"))
        return self.annotate(face_count=models.functions.Coalesce(counted, 0))  # type: ignore[no-redef]


class Person(TenantModel):
    """Somebody whom a studio knows by name.

    `is_hidden`: not suggested to staff as a name by likeness, and not among the people that they see at first. Nothing
    else changes: names, searches and what guests find are as for everybody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="people", verbose_name=_("studio"))
    real_name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True)
    avatar_url = models.TextField(_("avatar"), default="", blank=True, validators=[MaxLengthValidator(ADDRESS_LENGTH)])
    metadata = models.JSONField(_("metadata"), default=dict, blank=True, validators=[check_json])
    notes = models.CharField(_("notes"), max_length=2000, default="", db_default="", blank=True)
    is_vip = models.BooleanField(_("VIP"), default=False, db_default=False)
    is_hidden = models.BooleanField(_("hidden from staff's suggestions"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PersonQuerySet.as_manager()
    face_count: int
    """Only on rows from `with_face_count`."""

    class Meta:
        db_table = "people"
        ordering = ["real_name"]
        constraints = [
            readable_constraint(
                "people", json=["metadata"], moments=["created_at"], texts={"avatar_url": ADDRESS_LENGTH}
            ),
            models.UniqueConstraint("studio", models.functions.Lower("email"), name="one_person_per_email"),
            models.UniqueConstraint(fields=["studio", "external_id"], name="one_person_per_external_id"),
        ]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.real_name


class PersonLinkQuerySet(TenantQuerySet["PersonLink"]):
    studio_path = "person__studio"

    def live(self) -> "PersonLinkQuerySet":
        return self.filter(expires_at__gt=timezone.now())


class PersonLink(models.Model):
    """A private link to all photos of a person. It is the row's id, signed (`people.private_links`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="links", verbose_name=_("person"))
    expires_at = models.DateTimeField(_("open until"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = PersonLinkQuerySet.as_manager()

    class Meta:
        db_table = "person_links"
        ordering = ["-created_at"]
        constraints = [readable_constraint("person_links", moments=["expires_at", "created_at"])]
        verbose_name = _("private link to a person's photos")
        verbose_name_plural = _("private links to people's photos")

    def __str__(self) -> str:
        return str(self.pk)


class EnrolmentConsent(models.Model):
    """Who agreed that a picture enrols somebody, when, and to which notice. A picture without a row has no consent."""

    photo = models.OneToOneField(
        "galleries.GalleryImage", models.CASCADE, primary_key=True, related_name="consent", verbose_name=_("photo")
    )
    given_by = models.CharField(_("given by"), max_length=200)
    given_at = models.DateTimeField(_("given"), validators=[check_moment])
    # Its version, its address or its title: whatever finds the text again.
    notice = models.CharField(_("notice"), max_length=200)

    class Meta:
        db_table = "enrolment_consents"
        verbose_name = _("consent to an enrolment")
        verbose_name_plural = _("consents to enrolments")
        constraints = [readable_constraint("enrolment_consents", moments=["given_at"])]

    def __str__(self) -> str:
        return str(self.photo_id)


@contextmanager
def refuse_duplicates() -> Iterator[None]:
    """Raise FacePassError 409 `email_taken` or `external_id_taken` where the block writes a person who has another's.

    The block runs in a savepoint, so the caller's transaction goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = _duplicate_refusal(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None))
        if refusal is None:
            raise
        raise refusal from error


def _duplicate_refusal(constraint: str | None) -> FacePassError | None:
    match constraint:
        case "one_person_per_email":
            message = gettext("Somebody of this studio has this e-mail address already.")
            return FacePassError("email_taken", message, status=409)
        case "one_person_per_external_id":
            message = gettext("Somebody of this studio has this external id already.")
            return FacePassError("external_id_taken", message, status=409)
    return None
