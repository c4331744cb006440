"""What a test keeps secret: nothing is known before it, and it is forgotten after it."""

from collections import deque

import pytest

from console import secrets


@pytest.fixture(autouse=True)
def known_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory of secrets of its own for every test."""
    monkeypatch.setattr(secrets, "_keys", {})
    monkeypatch.setattr(secrets, "_of_calls", deque(maxlen=secrets.CALLS_KEPT))
