"""`python -m screens` is the same as `oioi-console`."""

import sys

from screens.main import main

if __name__ == "__main__":
    sys.exit(main())
