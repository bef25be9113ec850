"""On which legal basis the faces of an event are there, and whether it was archived without them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint


class LegalBasis(models.TextChoices):
    CONSENT = "consent", _("consent of the people in the photos")
    CONTRACT = "contract", _("a contract with who ordered the photos")
    INTERESTS = "interests", _("legitimate interests, after weighing them")
    TASK = "task", _("a task in the public interest")
    OTHER = "other", _("another one, as noted")


class StatedBasis(models.Model):
    """What a studio says to whoever asks for the reason. `sessions_app.retention.legal_basis` says which one holds."""

    legal_basis = models.CharField(
        _("legal basis"), max_length=20, choices=LegalBasis.choices, default="", blank=True,
        help_text=_("On which the faces in its photos are described and grouped. Guests read it in the notice."),
    )  # fmt: skip
    basis_note = models.CharField(
        _("note on it"), max_length=400, default="", blank=True,
        help_text=_("Such as where the consents are, or the number of the contract. Guests do not see it."),
    )  # fmt: skip

    class Meta:
        abstract = True


class StudioPrivacy(StatedBasis):
    """What holds for the studio's events that state nothing themselves."""

    studio = models.OneToOneField("facepass.Studio", models.CASCADE, primary_key=True, related_name="privacy")

    class Meta:
        db_table = "studio_privacy"
        verbose_name = _("legal basis of a studio")
        verbose_name_plural = _("legal bases of studios")

    def __str__(self) -> str:
        return str(self.studio_id)


class EventPrivacy(StatedBasis):
    """An event without a row has stated nothing."""

    session = models.OneToOneField(
        "sessions_app.PhotoSession", models.CASCADE, primary_key=True, related_name="privacy"
    )
    # Its faces and guests were deleted then, and nobody searches in it any more.
    archived_at = models.DateTimeField(_("archived without faces"), null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        db_table = "event_privacy"
        verbose_name = _("legal basis of an event")
        verbose_name_plural = _("legal bases of events")
        constraints = [readable_constraint("event_privacy", moments=["archived_at"])]

    def __str__(self) -> str:
        return str(self.session_id)
