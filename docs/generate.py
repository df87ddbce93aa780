"""Write what is made from tables: stubs, lists of functions, the errors in the comments of kernels.

    python docs/generate.py            writes the files that are out of date
    python docs/generate.py --check    only names them, and fails if there is one

It reads the built package, so build that first.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import errors
import stubs
import tables

ROOT = Path(__file__).resolve().parents[1]

# Path -> what makes its text of what it is now.
GENERATED = {
    "fastact/__init__.pyi": lambda text: stubs.stubs(),
    **{name: partial(tables.page, name) for name in tables.PAGES},
    **{f"src_c/kernels/{path.name}": errors.commented for path in errors.KERNELS.glob("*.h")},
}


def outdated() -> dict[Path, str]:
    """Return the files that are not as they should be, each with the text it should have."""
    found = {}
    for name, make in GENERATED.items():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        fresh = make(text)
        if fresh != text:
            found[path] = fresh
    return found


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Write the generated files.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if out of date")
    only_check = parser.parse_args().check
    found = outdated()
    for path, text in found.items():
        print(f"{path.relative_to(ROOT)} {'is out of date' if only_check else 'written'}")
        if not only_check:
            path.write_text(text, encoding="utf-8")
    if only_check and found:
        print("run: python docs/generate.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
