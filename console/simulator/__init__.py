"""An OIOI server for demos and tests, with a small world behind it.

`world` answers calls and knows nothing of HTTP, `faults` lists what can be made to go wrong, and
`server` is the HTTP face: only that module imports starlette and uvicorn.
"""

DEMO_KEY = "oioi-console-demo"
"""What the demo sends as its API key. The simulator takes any; this one is nobody's secret."""
