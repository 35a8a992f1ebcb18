"""Users and the invitations that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.querysets import InvitationQuerySet, UserQuerySet
from kcrm.lib.models import VersionedModel

if TYPE_CHECKING:
    from accounts.models.tokens import ApiToken


class Role(models.TextChoices):
    """What somebody is for the whole company; rights on one account come from its team instead."""

    DIRECTOR = "director", _("Sales director")
    FINANCE = "finance", _("Finance partner")
    SERVICE_AGENT = "service_agent", _("Service agent")
    PROGRAMME_OFFICE = "programme_office", _("Programme office")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class Theme(models.TextChoices):
    """How bright the pages are."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Makes users, who sign in by e-mail."""

    def create_user(self, email: str, password: str | None = None, **values: Any) -> User:
        """A user with this e-mail; without a password nobody can sign in with one."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> User:
        """The operator who repairs things on the command line and invites the first people."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, roles=[Role.ADMINISTRATOR], **values)


@pghistory.track(exclude=["password", "last_login"])
class User(VersionedModel, AbstractUser):
    """A person who works in KCRM; signs in by e-mail."""

    username = None  # type: ignore[assignment]  # people sign in by e-mail
    first_name = None  # type: ignore[assignment]  # one name as its owner writes it, in any script
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=150)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), verbose_name=_("roles"), default=list, blank=True
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM)

    objects: ClassVar[UserManager] = UserManager()

    # The token that a call to the REST door came with; pages leave it alone
    api_token: ApiToken | None = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """The name as its owner writes it."""
        return self.full_name

    def get_short_name(self) -> str:
        """The same name: there is no safe way to shorten one."""
        return self.full_name

    def has_role(self, *roles: str) -> bool:
        """Whether the user holds one of these roles."""
        return not set(roles).isdisjoint(self.roles)

    @property
    def initials(self) -> str:
        """One or two letters for the avatar: first and last word, or the last two Chinese characters."""
        name = self.full_name.strip() or self.email
        words = name.split()
        if len(words) > 1:
            return (words[0][0] + words[-1][0]).upper()
        return name[-2:] if not name.isascii() else name[:2].upper()


class Invitation(VersionedModel):
    """An offer to join, sent by mail; opens once and for a day only."""

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=150)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), verbose_name=_("roles"), default=list, blank=True
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email

    def is_open(self) -> bool:
        """Whether the link still works."""
        return self.accepted_at is None and self.expires_at > timezone.now()
