"""An OIOI server for demos and tests, with a small world behind it.

`world` answers calls and knows nothing of HTTP, `faults` lists the faults it can show, and `server`
offers it over HTTP: only that module imports starlette and uvicorn.
"""

DEMO_KEY = "oioi-console-demo"
"""The API key that the demo sends. The simulator accepts any key; this one is not a secret."""
