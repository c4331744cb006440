"""Everything of OIOI Console that works without a screen.

Never imports `textual` or `screens`: a support script, a test or the command line uses this
package as a library. The protocol itself is in `console.oioi`.
"""

__version__ = "0.1.0"
