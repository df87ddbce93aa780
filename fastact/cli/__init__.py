"""The command line `fastact`; what it needs beyond NumPy comes with the extra ``[cli]``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ModuleNotFoundError as error:
        sys.exit(
            f"The command line needs {error.name}, which is not installed.\n"
            'Install it with: pip install "fastact[cli]"'
        )
    from fastact.cli.app import app

    app()
