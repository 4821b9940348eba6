"""``python -m tests.benchmarks [--out DIR] [--only NAME …]``: every measurement, each kind in a
process of its own so that none warms or burdens the next; a table to the standard output, the same
as ``results.md`` and ``results.json`` to the folder.

A goal that is missed is printed as missed; it does not make the exit code 1, because a busy machine
must not fail a build. The exact parts (counts of painted blocks and of statements) are ordinary
tests.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.results import Result

KINDS = (
    "paint", "start", "load", "booking", "availability", "search", "reports", "window", "stalls",
    "unlock", "encryption", "messages",
)  # fmt: skip
HEAD = ("what", "× floor", "ms", "p95 ms", "best ms", "floor ms", "goal", "")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    asked.add_argument("--out", type=Path, default=Path("build") / "bench")
    asked.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    asked.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    options = asked.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    options.out.mkdir(parents=True, exist_ok=True)
    if options.one:
        return _measure(options.one, options.out)
    found: dict[str, list[Result]] = {}
    failed = []
    for kind in options.only:
        print(f"\n{kind}", flush=True)
        results = _in_its_own_process(kind, options.out)
        if results is None:
            failed.append(kind)
            continue
        found[kind] = results
        print(_plain(results), flush=True)
    _write(options.out, found)
    missed = [r.name for results in found.values() for r in results if r.met is False]
    measured = sum(r.met is not None for results in found.values() for r in results)
    print(f"\n{measured - len(missed)} of {measured} goals met.")
    for name in missed:
        print(f"  missed: {name}")
    for kind in failed:
        print(f"  could not be measured: {kind}")
    return 1 if failed else 0


def _measure(kind: str, out: Path) -> int:
    module = importlib.import_module(f"tests.benchmarks.bench_{kind}")
    results = module.run(out)
    text = json.dumps([result.as_json() for result in results], ensure_ascii=False)
    (out / f"{kind}.json").write_text(text, "utf-8")
    return 0


def _in_its_own_process(kind: str, out: Path) -> list[Result] | None:
    path = out / f"{kind}.json"
    path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks", "--out", str(out), "--one", kind]
    done = subprocess.run(command, check=False)
    if done.returncode or not path.exists():
        return None
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return [Result(**row) for row in rows]


def _row(result: Result) -> tuple[str, ...]:
    verdict = {None: "", True: "met", False: "MISSED"}[result.met]
    return (
        result.name,
        "" if result.ratio is None else f"{result.ratio:.2f}",
        _number(result.milliseconds),
        _number(result.p95),
        "" if result.best is None else _number(result.best),
        "" if result.floor is None else _number(result.floor),
        result.goal,
        " ".join(part for part in (verdict, result.note) if part),
    )


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _plain(results: list[Result]) -> str:
    rows = [HEAD, *map(_row, results)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [row[i].rjust(widths[i]) for i in range(1, 6)]
        cells += [row[6].ljust(widths[6]), row[7]]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _write(out: Path, found: dict[str, list[Result]]) -> None:
    lines = []
    for kind, results in found.items():
        lines += [
            "",
            f"### {kind}",
            "",
            "| " + " | ".join(HEAD) + " |",
            "|---|--:|--:|--:|--:|--:|---|---|",
        ]
        lines += ["| " + " | ".join(_row(result)) + " |" for result in results]
    (out / "results.md").write_text("\n".join(lines).lstrip("\n") + "\n", "utf-8")
    plain = {kind: [r.as_json() for r in results] for kind, results in found.items()}
    (out / "results.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
