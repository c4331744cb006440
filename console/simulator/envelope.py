"""Reading the body of a request: UTF-8, JSON, an object, one member that names the call."""

import json
from typing import Any

from console.simulator.replies import Refusal


def envelope_of(body: bytes) -> tuple[str, dict[str, Any]]:
    """The name of the call in a body, and its fields. Refusal: 230, with what is wrong."""
    try:
        envelope = json.loads(body.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Refusal("230", f"the body is not UTF-8: byte {error.start}") from error
    except json.JSONDecodeError as error:
        detail = f"the body is not JSON: {error.msg}, line {error.lineno} column {error.colno}"
        raise Refusal("230", detail) from error
    except (ValueError, RecursionError) as error:
        raise Refusal("230", "the body holds a number or a nesting that nobody needs") from error
    if not isinstance(envelope, dict):
        raise Refusal("230", "the body must be a JSON object")
    if len(envelope) != 1:
        raise Refusal("230", f"the body must have one member, the call; it has {len(envelope)}")
    ((call, fields),) = envelope.items()
    if not isinstance(fields, dict):
        raise Refusal("230", f"{call}: must be an object")
    return call, fields


def _no_constant(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is not JSON", "", 0)
