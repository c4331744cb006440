"""`python -m screens` is the same as `oioi-console`."""

from screens.main import program

if __name__ == "__main__":
    program()
