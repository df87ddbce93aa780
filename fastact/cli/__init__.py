"""The command line `fastact`; what it needs beyond NumPy comes with the extra ``[cli]``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        from fastact.cli.app import app
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        sys.exit(
            f"The command line needs {package}, which is not installed.\n"
            'Install it with: pip install "fastact[cli]"'
        )
    app()
