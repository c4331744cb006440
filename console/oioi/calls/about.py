"""What a call is about, in words, for the question before it is sent."""

import json
from typing import Any

from console.oioi.calls.base import Call
from console.oioi.calls.users import shown_identity
from console.oioi.places import Json
from console.oioi.redact import Redactor

CONTENT_SHOWN = 400
"""Characters of a member, or of all of them, that fit into a question (`about`)."""


def about(call: Call[Any]) -> list[tuple[str, str]]:
    """What a call is about, for the question before it is sent: labels and texts, no secret.

    The EVSE and the customer, as far as the call names them, else the beginning of its members
    as JSON; nothing where it has none.
    """
    redactor = Redactor()
    redactor.learn(call.fields())
    fields = redactor.value(call.fields())
    user = fields["user"] if isinstance(fields.get("user"), dict) else fields
    customer = shown_identity(user.get("identifier-type"), user.get("identifier"))
    named = (("EVSE", fields.get("connector-id")), ("Customer", customer))
    rows = [(label, _said(value)) for label, value in named if value is not None]
    return rows or ([("Content", _said(fields))] if fields else [])


def _said(value: Json) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said[:CONTENT_SHOWN]
