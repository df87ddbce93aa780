"""Files that are there in full or not at all: the one way in which the commands write them."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_text(path: Path, text: str) -> None:
    """Write a text file, replacing one of that name when it is complete."""
    with replacing(path) as file:
        file.write(text.encode())


@contextmanager
def replacing(path: Path, *, force: bool = True) -> Iterator[IO[bytes]]:
    """Give a file to write to that takes its name when the block ends.

    Until then it has another name in the same directory. Whatever ends the block early removes it
    and leaves the file of that name as it was. A symbolic link stays, and the file that it names is
    replaced. Without `force`, one that exists is a ValueError.
    """
    _check_replaceable(path, force)
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".fastact-{secrets.token_hex(6)}.tmp")
    try:
        with open(temporary, "xb", buffering=0) as file:
            yield file
            _check_replaceable(path, force)  # it may have come into being meanwhile
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            os.fsync(file.fileno())  # a power failure must not leave the name without the data
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _check_replaceable(path: Path, force: bool) -> None:
    if not path.exists():
        return
    if not path.is_file():
        raise ValueError(f"{path} is not a regular file. Use '-' for a pipe")
    if not force:
        raise ValueError(f"{path} exists. Give --force to replace it")
