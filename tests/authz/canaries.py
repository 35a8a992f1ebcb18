"""The protected values of the seed, and who may read which."""

from __future__ import annotations

from tests.authz.seed import COST_MARKS, NAME, PRIVATE

MAY_READ_PRIVATE = {"account_manager", "director"}
MAY_READ_COST = {"finance", "director"}
KNOW_THE_CUSTOMER = {
    "account_manager", "team_contributor", "team_reader", "director", "finance", "service_agent", "programme_office",
    "administrator",  # the page of an account team names its customer
    "auditor",  # the trail names what it is about
}  # fmt: skip


def leaked(persona: str, text: str) -> list[tuple[str, str]]:
    """What this person reads in the text without a right to."""
    forbidden = [] if persona in MAY_READ_PRIVATE else [*PRIVATE]
    forbidden += [] if persona in MAY_READ_COST else COST_MARKS
    forbidden += [] if persona in KNOW_THE_CUSTOMER else [NAME]
    return [(persona, mark) for mark in forbidden if mark in text]


def words_of(response) -> str:
    """What an answer says, whether it was sent at once or in pieces."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace")
