"""Users, signed in by e-mail."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who works in KCRM."""
