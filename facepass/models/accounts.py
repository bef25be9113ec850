"""Who may do what: users, studios, memberships and the API keys of partner apps."""

import hashlib
import hmac
import re
import secrets
import time
import uuid
from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from facepass.core.database import time_zones
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import check_moment
from facepass.core.errors import FacePassError
from facepass.models.known_keys import known_keys

# How long a key that was rotated still works, so that a partner can change it without an interruption.
ROTATION_OVERLAP = timedelta(hours=24)
# Prefix, secret: the shape of a key's token, so that nothing else is looked up.
TOKEN_PATTERN = re.compile(r"fp_([0-9a-f]{8})_[\w-]{43}", re.ASCII)


class Scope(models.TextChoices):
    """What a key or a role may do. Views name the one they need (see `facepass.core.access.authentication`)."""

    READ = "read", _("read photos, sessions and people")
    WRITE = "write", _("upload and change")
    SEARCH = "search", _("search by face")
    ADMIN = "admin", _("administer keys, members and settings")
    INSTALLATION = "installation", _("set up the whole installation, for all studios")


# What a partner's key may do where nothing else is said.
PARTNER_SCOPES: tuple[str, ...] = (Scope.READ, Scope.WRITE, Scope.SEARCH)
# All that a role of a studio may bring. What concerns other studios too is the superusers', and theirs to give.
STUDIO_SCOPES: tuple[str, ...] = (*PARTNER_SCOPES, Scope.ADMIN)


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    PHOTOGRAPHER = "photographer", _("photographer")
    VERIFIER = "verifier", _("verifier")
    VIEWER = "viewer", _("viewer")


# Who does what, where scopes are too coarse.
MANAGERS = frozenset({Role.OWNER, Role.MANAGER})
EDITORS = MANAGERS | {Role.PHOTOGRAPHER}
VERIFIERS = EDITORS | {Role.VERIFIER}
ROLE_SCOPES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(STUDIO_SCOPES),
    Role.MANAGER: frozenset(STUDIO_SCOPES),
    Role.PHOTOGRAPHER: frozenset(PARTNER_SCOPES),
    Role.VERIFIER: frozenset({Scope.READ, Scope.SEARCH}),
    Role.VIEWER: frozenset({Scope.READ}),
}


class User(AbstractUser):
    """A member of staff, who signs in to the admin, or to the API for a token."""

    # As chosen on the site, for what is sent by e-mail; empty for that of the settings.
    language = models.CharField(max_length=10, default="", blank=True, editable=False)
    wants_mail = models.BooleanField(default=True, editable=False)
    notices_mailed_at = models.DateTimeField(null=True, editable=False)
    # Sessions and tokens name it; with another one, all of before are over.
    sign_in_generation = models.CharField(max_length=16, default="", db_default="", editable=False)
    # The studio that this request names by `X-Studio`; a member of several acts in all of them otherwise.
    selected_studio: "Studio | None" = None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password ends all sessions, as Django does it; so where they were is forgotten too."""
        is_new_password = getattr(self, "_password", None) is not None and not self._state.adding
        super().save(*args, **kwargs)
        if is_new_password:
            self.sign_ins.all().delete()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must have to be this user's: it changes with the password and the generation."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, self.password + self.sign_in_generation, secret=secret, algorithm="sha256").hexdigest()


class Studio(models.Model):
    """The tenant: everything else belongs to exactly one studio, and a stranger's object is a 404."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    # Where photo sessions live in another application: the studio's id there.
    main_app_id = models.UUIDField(_("id in Pixora"), null=True, blank=True, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=time_zones.NAME_LENGTH, default="", db_default="", blank=True,
        validators=[time_zones.check_name],
        help_text=_(
            "In which staff and guests read dates, and in which cameras that write no zone are set; empty for the "
            "installation's. Photos that are there keep the time that was read."
        ),
    )  # fmt: skip
    # How guests' pages look.
    logo = models.ImageField(_("logo"), upload_to="logos/", null=True, blank=True)
    colour = models.CharField(
        _("colour"), max_length=7, default="", db_default="", blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")], help_text=_("Of buttons and links, such as #1f6feb."),
    )  # fmt: skip
    contact = models.CharField(
        _("contact for guests"), max_length=200, default="", db_default="", blank=True,
        help_text=_("An e-mail address, a phone number or a web address: whom guests ask when they get no further."),
    )  # fmt: skip
    # What the privacy notice for guests says.
    controller = models.CharField(
        _("responsible for guests' data"), max_length=400, default="", db_default="", blank=True,
        help_text=_("Name and postal address for the privacy notice of guests; empty for the studio's name."),
    )  # fmt: skip
    privacy_contact = models.CharField(
        _("contact for privacy"), max_length=200, default="", db_default="", blank=True,
        help_text=_("Where guests ask what is kept about them, or to delete it; empty for the contact for guests."),
    )  # fmt: skip
    supervisory_authority = models.CharField(
        _("supervisory authority"), max_length=300, default="", db_default="", blank=True,
        help_text=_("Where guests may complain: the name and the web address of your data protection authority."),
    )  # fmt: skip
    data_processors = models.CharField(
        _("who processes it for you"), max_length=600, default="", db_default="", blank=True,
        help_text=_(
            "For the privacy notice: the companies that run this for you, such as your host, and the country; outside "
            "of the European Economic Area also by which safeguard."
        ),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="studios")

    class Meta:
        db_table = "studios"
        ordering = ["name"]
        verbose_name = _("studio")
        verbose_name_plural = _("studios")
        constraints = [readable_constraint("studios", moments=["created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its dates."""
        return time_zones.find_zone(self.time_zone)


class Membership(models.Model):
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="memberships", verbose_name=_("studio"))
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
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
        """Return the usable key with this secret, or None. Digests are compared in constant time."""
        found = TOKEN_PATTERN.fullmatch(token)
        if not found:
            return None
        digest, now = token_digest(token), time.monotonic()
        if (known := known_keys.find(digest)) and not known.has_expired:
            return known
        key = self.usable().filter(prefix=found[1]).first()
        if key is None or not hmac.compare_digest(key.digest, digest):
            return None
        known_keys.add(digest, key, read_at=now)
        return key

    def update(self, **fields: Any) -> int:
        known_keys.forget()
        return super().update(**fields)


class ApiKey(models.Model):
    """A partner app's key. Only a digest of the secret is stored; the prefix finds the row and names it to people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="api_keys", verbose_name=_("studio"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("rights"), default=list)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, validators=[check_moment])
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, validators=[check_moment])
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
        constraints = [
            readable_constraint("api_keys", moments=["created_at", "expires_at", "revoked_at", "last_used_at"])
        ]

    def __str__(self) -> str:
        return f"{self.name} (fp_{self.prefix}…)"

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @classmethod
    def issue(
        cls, studio: Studio, *, name: str, scopes: list[str] | None = None, **fields: Any
    ) -> tuple["ApiKey", str]:
        """Create a key. Return it and its token, which is shown once: it cannot be read from the row."""
        prefix = secrets.token_hex(4)
        token = f"fp_{prefix}_{secrets.token_urlsafe(32)}"
        key = cls.objects.create(
            studio=studio,
            name=name,
            prefix=prefix,
            digest=token_digest(token),
            scopes=list(PARTNER_SCOPES if scopes is None else scopes),
            **fields,
        )
        return key, token

    @transaction.atomic
    def rotate(self, *, overlap: timedelta = ROTATION_OVERLAP) -> tuple["ApiKey", str]:
        """Create a successor with the same scopes and lifetime; this key works until the overlap is over.

        Raise 409 `key_not_usable` for a key that is revoked, expired or has a successor already.
        """
        old = ApiKey.objects.usable().filter(pk=self.pk, replaced_by=None).select_for_update().first()
        if old is None:
            raise FacePassError(
                "key_not_usable", gettext("This key is revoked, expired or already rotated."), status=409
            )
        now = timezone.now()
        lifetime = old.expires_at and old.expires_at - old.created_at
        new, token = ApiKey.issue(old.studio, name=old.name, scopes=old.scopes, expires_at=lifetime and now + lifetime)
        ends = now + overlap
        self.expires_at = min(old.expires_at, ends) if old.expires_at else ends
        self.replaced_by = new
        self.save(update_fields=["expires_at", "replaced_by"])
        return new, token


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token, which suffices: with 256 random bits there is no guesser to slow down."""
    return hashlib.sha256(token.encode()).hexdigest()
