"""A study on disk: study.json, study.csv and study.html, each there in full or not at all."""

import csv
import io
import json
import math
import tempfile
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from fastact.cli.study.page import page
from fastact.cli.study.results import Study
from fastact.cli.writing import write_text

SCHEMA = 3
_READABLE = (2, 3)  # before 3 no peer was held to an instruction set


def make_folder(path: Path) -> Path:
    """Make the folder that results go to, so that what forbids it is told before measuring."""
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} exists and is not a folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ValueError(f"cannot write to {path}: {error.strerror}") from error
    return path


def write(study: Study, folder: Path) -> list[Path]:
    """Write study.json, study.csv and study.html, and return their paths."""
    content = asdict(study)
    for entry in content["accuracy"]:
        if not math.isfinite(entry["max_ulp"]):
            entry["max_ulp"] = None  # JSON has no infinity
    texts = {
        "study.json": json.dumps({"schema": SCHEMA, **content}, indent=1, allow_nan=False) + "\n",
        "study.csv": _csv(study),
        "study.html": page(study),
    }
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def read(path: Path) -> Study:
    """Read a study.json; a ValueError says why it is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        schema = found.pop("schema")
        if schema not in _READABLE:
            raise ValueError(f"its schema is {schema}, and this version reads {SCHEMA}")
        for entry in found["accuracy"]:
            entry["max_ulp"] = math.inf if entry["max_ulp"] is None else entry["max_ulp"]
        study: Study = _made(Study, found)
        return study
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a study: {error}") from error


def _made(kind: Any, content: Any) -> Any:
    """Return what JSON says as the dataclass, or the sequence of them, that it was made from."""
    if isinstance(kind, type) and is_dataclass(kind):
        kinds = {field.name: field.type for field in fields(kind)}
        return kind(**{name: _made(kinds[name], value) for name, value in content.items()})
    if get_origin(kind) in (list, tuple):
        return get_origin(kind)(_made(get_args(kind)[0], value) for value in content)
    return content


def _csv(study: Study) -> str:
    """Return a row for each library in each cell."""
    rows = [
        {
            "part": cell.part,
            **asdict(cell.setting),
            "library": timing.library,
            "library_threads": timing.threads,
            "new_output": timing.new_output,
            "samples": len(timing.samples.seconds),
            "calls_per_sample": timing.samples.calls,
            "min_ns_per_element": f"{timing.samples.minimum * 1e9 / cell.setting.elements:.5g}",
            "median_ns_per_element": f"{timing.samples.median * 1e9 / cell.setting.elements:.5g}",
            "spread": f"{timing.samples.spread:.3g}",
            "cores_at_work": f"{timing.samples.cores:.3g}",
            "gb_per_s": f"{cell.throughput(timing.library):.5g}",
            "max_ulp": study.error(cell.setting, timing.library),
        }
        for cell in study.cells
        for timing in cell.timings
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0] if rows else ["function"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
