"""The command line `fastact`; what it needs beyond NumPy comes with the extra ``[cli]``."""

import signal
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
    # Signals that would end the process at once let it remove what is half written.
    for name in {"SIGTERM", "SIGHUP"} & {*signal.Signals.__members__}:
        if signal.getsignal(signal.Signals[name]) is signal.SIG_DFL:
            signal.signal(signal.Signals[name], lambda number, _: sys.exit(128 + number))
    app()
