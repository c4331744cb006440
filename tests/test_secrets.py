"""The memory of secrets: what was kept secret is masked in all that is said."""

from console.secrets import CALLS_KEPT, keep_secret, keep_secrets_of, redacted
from tests.secret_fixtures import known_secrets

__all__ = ["known_secrets"]

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"


def by_token(token: str) -> dict[str, object]:
    """The members of a call for the user with this token."""
    return {"user": {"identifier-type": "token", "identifier": token}}


def test_a_key_is_masked_from_when_it_is_known() -> None:
    assert redacted(f"key={KEY}") == f"key={KEY}"
    keep_secret(KEY)
    assert redacted(f"key={KEY}") == "key=••••7c88"


def test_no_key_is_no_secret() -> None:
    keep_secret("")
    assert redacted("key=, and no more") == "key=, and no more"


def test_of_two_keys_of_which_one_begins_like_the_other_nothing_is_left() -> None:
    keep_secret("0123456789abcdef")
    keep_secret("0123456789abcdef-and-more")
    assert redacted("key=0123456789abcdef-and-more.") == "key=••••more."


def test_a_token_of_a_call_is_masked_without_a_trace() -> None:
    keep_secrets_of(by_token("a-token-of-a-user"))
    keep_secrets_of({"rfid": "04523022AA4881"})
    assert redacted("a-token-of-a-user, 04523022AA4881") == "••••, 04523022AA4881"


def test_the_tokens_of_the_last_calls_are_remembered() -> None:
    """Calls without a secret push none out."""
    tokens = [f"token-of-user-{number:04}" for number in range(CALLS_KEPT + 1)]
    for token in tokens:
        keep_secrets_of(by_token(token))
        keep_secrets_of({"rfid": "04523022AA4881"})
    first, *others = tokens
    assert redacted(" ".join(others)) == " ".join("••••" for _ in others)
    assert redacted(first) == first
    assert redacted(f'{{"token": "{first}"}}') == '{"token": "••••"}'


def test_what_stands_under_a_secret_name_is_masked_unknown_as_it_is() -> None:
    assert redacted('{"password": "never seen before", "x": 1}') == '{"password": "••••", "x": 1}'
