"""Lookups in batches: up to 10,000 card UIDs or EVCO IDs, asked one by one and not too fast.

listed = read_list(text)
batch = Batch(client, listed.items)
summary = await batch.run(lambda progress: ...)
export = to_csv(batch.results)

ValueError
  BatchError      a list or a batch that cannot be used; one sentence that says why
"""

from console.batch.export import NOT_ASKED, to_csv
from console.batch.listing import (
    MAX_ITEMS,
    BatchError,
    BatchList,
    Duplicate,
    Item,
    Unreadable,
    read_list,
)
from console.batch.pace import Clock, Pace, RateMeter
from console.batch.results import LookupResult, PauseRule, question, result_of, why_stop
from console.batch.running import Batch, BatchProgress, BatchSummary

__all__ = [
    "MAX_ITEMS",
    "NOT_ASKED",
    "Batch",
    "BatchError",
    "BatchList",
    "BatchProgress",
    "BatchSummary",
    "Clock",
    "Duplicate",
    "Item",
    "LookupResult",
    "Pace",
    "PauseRule",
    "RateMeter",
    "Unreadable",
    "question",
    "read_list",
    "result_of",
    "to_csv",
    "why_stop",
]
