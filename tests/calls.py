"""A person or a token at the REST door, as tests call."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.services.tokens import create_token


class Caller:
    """Calls under /api/v1/ in the name of one person, JSON both ways."""

    def __init__(self, user: User) -> None:
        self.client, self.headers = Client(), {}
        self.client.force_login(user)

    @classmethod
    def by_token(cls, user: User, *scopes: str) -> Caller:
        """The same with a token of the person instead of his session."""
        found = cls(user)
        _token, secret = create_token(by=user, name="test", scopes=scopes)
        found.client, found.headers = Client(), {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        return found

    def get(self, path: str, **query: Any) -> HttpResponse:
        """Read."""
        return self.client.get(f"/api/v1/{path}", query, **self.headers)  # type: ignore[arg-type]

    def post(self, path: str, body: Any = None, *, version: int | None = None, key: str = "") -> HttpResponse:
        """Make, or act."""
        return self._send("post", path, body, version, key)

    def patch(self, path: str, body: Any, *, version: int | None = None) -> HttpResponse:
        """Change."""
        return self._send("patch", path, body, version)

    def delete(self, path: str, *, version: int | None = None) -> HttpResponse:
        """Let go."""
        return self._send("delete", path, None, version)

    def _send(self, method: str, path: str, body: Any, version: int | None, key: str = "") -> HttpResponse:
        headers = dict(self.headers)
        if version is not None:
            headers["HTTP_IF_MATCH"] = f'"{version}"'
        if key:
            headers["HTTP_IDEMPOTENCY_KEY"] = key
        send = getattr(self.client, method)
        return send(f"/api/v1/{path}", body or {}, content_type="application/json", **headers)
