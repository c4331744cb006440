"""`python -m screens` does what `oioi-console` does."""

import sys

from screens.main import main

if __name__ == "__main__":
    sys.exit(main())
