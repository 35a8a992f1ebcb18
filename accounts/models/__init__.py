"""Who uses KCRM, with which tokens, and what they did."""

from accounts.models.audit import AuditEntry
from accounts.models.codes import PersonCode
from accounts.models.requests import IdempotencyKey
from accounts.models.seals import AuditSeal
from accounts.models.stamps import Stamp
from accounts.models.throttle import SignInFailures
from accounts.models.tokens import ApiToken
from accounts.models.users import Invitation, User
from accounts.models.views import SavedView

__all__ = [
    "ApiToken",
    "AuditEntry",
    "AuditSeal",
    "IdempotencyKey",
    "Invitation",
    "PersonCode",
    "SavedView",
    "SignInFailures",
    "Stamp",
    "User",
]
