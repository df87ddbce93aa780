"""Makes ``python -m fastact.cli`` the same as ``fastact``."""

from fastact.cli import main

if __name__ == "__main__":
    main()
