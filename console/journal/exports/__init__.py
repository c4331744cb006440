"""Exchanges as text for others: HAR, JSON lines, a curl line, and the handover note.

All of it is made of what was kept, which holds no secret. A format has a module and a function:

    har.to_har(kept)        HAR 1.2, for the developer tools of a browser
    jsonl.to_jsonl(kept)    JSON lines: the object of `history show --json`, one a line
    curl.to_curl(kept)      a line for a shell that sends the same request again
    note.to_note(kept)      Markdown for a ticket, or for an operator's hotline

`live.as_kept` makes what they take from an exchange of this run.
"""
