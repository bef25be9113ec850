"""Who may do what: users, studios, memberships and the API keys of partner apps."""

import hashlib
import hmac
import re
import secrets
import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from facepass.errors import FacePassError

# How long a key that was rotated still works, so that a partner can change it without an interruption.
OVERLAP = timedelta(hours=24)
# Prefix, secret: the shape of a key's token, so that nothing else is looked up.
TOKEN = re.compile(r"fp_([0-9a-f]{8})_[\w-]{43}", re.ASCII)


class Scope(models.TextChoices):
    """What a key or a role may do. Views name the one they need (see `facepass.auth`)."""

    READ = "read", _("read photos, sessions and people")
    WRITE = "write", _("upload and change")
    SEARCH = "search", _("search by face")
    ADMIN = "admin", _("administer keys, members and settings")


# What a partner's key may do where nothing else is said.
PARTNER_SCOPES: tuple[str, ...] = (Scope.READ, Scope.WRITE, Scope.SEARCH)


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    PHOTOGRAPHER = "photographer", _("photographer")
    VERIFIER = "verifier", _("verifier")
    VIEWER = "viewer", _("viewer")


ROLE_SCOPES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(Scope.values),
    Role.MANAGER: frozenset(Scope.values),
    Role.PHOTOGRAPHER: frozenset(PARTNER_SCOPES),
    Role.VERIFIER: frozenset({Scope.READ, Scope.SEARCH}),
    Role.VIEWER: frozenset({Scope.READ}),
}


class User(AbstractUser):
    """A member of staff, who signs in to the admin, or to the API for a token."""

    # The studio that this request names by `X-Studio`; a member of several acts in all of them otherwise.
    acting_in: "Studio | None" = None


class Studio(models.Model):
    """The tenant: everything else belongs to exactly one studio, and a stranger's object is a 404."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    # Where photo sessions live in another application: the studio's id there.
    main_app_id = models.UUIDField(_("id in Pixora"), null=True, blank=True, unique=True)
    # How guests' pages look.
    logo = models.ImageField(_("logo"), upload_to="logos/", null=True, blank=True)
    colour = models.CharField(
        _("colour"), max_length=7, default="", blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")], help_text=_("Of buttons and links, such as #1f6feb."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="studios")

    class Meta:
        db_table = "studios"
        ordering = ["name"]
        verbose_name = _("studio")
        verbose_name_plural = _("studios")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        db_table = "studio_memberships"
        constraints = [models.UniqueConstraint(fields=["studio", "user"], name="one_membership_per_studio")]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> "ApiKeyQuerySet":
        now = timezone.now()
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))

    def authenticate(self, token: str) -> "ApiKey | None":
        """The usable key whose secret this is; compares digests in constant time."""
        found = TOKEN.fullmatch(token)
        key = self.usable().select_related("studio").filter(prefix=found[1]).first() if found else None
        return key if key and hmac.compare_digest(key.digest, digest(token)) else None


class ApiKey(models.Model):
    """A partner app's key. Only a digest of the secret is stored; the prefix finds the row and names it to people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="api_keys", verbose_name=_("studio"))
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("may"), default=list)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    replaced_by = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()
    # DRF asks this of whoever made the request.
    is_authenticated: ClassVar[bool] = True

    class Meta:
        db_table = "api_keys"
        ordering = ["-created_at"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} (fp_{self.prefix}…)"

    @classmethod
    def issue(
        cls, studio: Studio, *, name: str, scopes: list[str] | None = None, **fields: Any
    ) -> tuple["ApiKey", str]:
        """A new key and its token. The token is shown once: it cannot be had from the row."""
        prefix = secrets.token_hex(4)
        token = f"fp_{prefix}_{secrets.token_urlsafe(32)}"
        key = cls.objects.create(
            studio=studio,
            name=name,
            prefix=prefix,
            digest=digest(token),
            scopes=list(PARTNER_SCOPES if scopes is None else scopes),
            **fields,
        )
        return key, token

    @transaction.atomic
    def rotate(self, *, overlap: timedelta = OVERLAP) -> tuple["ApiKey", str]:
        """A successor that may do the same, for as long again; this key works on until the overlap is over.

        Raises 409 `key_not_usable` for a key that is revoked, expired or has a successor already.
        """
        old = ApiKey.objects.usable().filter(pk=self.pk, replaced_by=None).select_for_update().first()
        if old is None:
            raise FacePassError("key_not_usable", _t("This key is revoked, expired or already rotated."), status=409)
        now = timezone.now()
        lifetime = old.expires_at and old.expires_at - old.created_at
        new, token = ApiKey.issue(old.studio, name=old.name, scopes=old.scopes, expires_at=lifetime and now + lifetime)
        ends = now + overlap
        self.expires_at = min(old.expires_at, ends) if old.expires_at else ends
        self.replaced_by = new
        self.save(update_fields=["expires_at", "replaced_by"])
        return new, token


def digest(token: str) -> str:
    """SHA-256 suffices: the secret has 256 random bits, so there is nothing to slow down a guesser for."""
    return hashlib.sha256(token.encode()).hexdigest()


class RateBucketQuerySet(models.QuerySet["RateBucket"]):
    def empty(self) -> "RateBucketQuerySet":
        return self.filter(due__lt=Now() - timedelta(minutes=10))


class RateBucket(models.Model):
    """How far a key, a member or an address is ahead of its rate (see `facepass.limits`). A crash may lose it."""

    name = models.CharField(max_length=100, primary_key=True)
    due = models.DateTimeField()

    objects = RateBucketQuerySet.as_manager()

    class Meta:
        db_table = "rate_buckets"

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """The first answer to an `Idempotency-Key` (see `facepass.idempotency`); without a status while it is made."""

    principal = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)

    class Meta:
        db_table = "kept_answers"
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"


class EventType(models.TextChoices):
    """What happens in a studio that a partner app may want to know of."""

    SESSION_FACEPASS_CHANGED = "session.facepass_changed", _("search by face was switched on or off")
    GALLERY_PROCESSED = "gallery.processed", _("all photos of a gallery are analysed")
    FACE_ENROLLED = "face.enrolled", _("a face was enrolled")
    GUEST_SEARCH_COMPLETED = "guest.search_completed", _("a guest searched")
    TRAINING_COMPLETED = "training.completed", _("a training is over")
    PERSON_MERGED = "person.merged", _("groups of faces became one person")
    ERASURE_COMPLETED = "erasure.completed", _("somebody's data were erased")


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that made it happen (see `facepass.events`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="+")
    type = models.CharField(max_length=40)
    # Ids and counts; no names, no biometrics, no addresses.
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    # When it was made into deliveries, one for each endpoint that wants it.
    spread_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_events"
        indexes = [models.Index(fields=["created_at"], condition=models.Q(spread_at=None), name="events_to_spread")]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
