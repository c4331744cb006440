"""Everything of OIOI Console that works without a screen.

Never imports `textual` or `screens`: a support script, a test or the command line uses this
package as a library. The protocol itself is in `console.oioi`.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("oioi-console")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+checkout"
