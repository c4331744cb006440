"""Everything of OIOI Console that works without a screen.

Never imports `textual` or `screens`: a support script, a test or the command line uses this
package as a library. The protocol itself is in `console.oioi`.
"""


def __getattr__(name: str) -> str:
    """`__version__`, looked up on first use, because that takes 10 ms."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("oioi-console")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0+checkout"
