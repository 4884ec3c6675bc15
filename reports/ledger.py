"""What was sent and what was not: a line before each step and one after it, on the disk before the next.

store/reports/runs.jsonl has a JSON object a line: run (the report's id and when it was due), step, at,
and to, why, files where they apply. Steps: started, sending, sent, refused, fired, skipped, failed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

ENDS = ("fired", "skipped", "failed")


class Busy(RuntimeError):
    """Another delivery is at work on this store."""


@dataclass(frozen=True)
class Ledger:
    folder: Path  # store/reports

    @property
    def path(self) -> Path:
        return self.folder / "runs.jsonl"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the lock, which dies with its process. Raises Busy at once where it is held."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "lock", timeout=0):
                yield
        except Timeout:
            raise Busy(str(self.folder)) from None

    def write(self, run: str, step: str, at: datetime, **facts: Any) -> None:
        line = json.dumps({"run": run, "step": step, "at": at.isoformat(), **facts}, ensure_ascii=False)
        is_cut = (
            self.path.exists() and not self.path.read_bytes().endswith(b"\n") and self.path.stat().st_size
        )
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if is_cut else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> list[dict[str, Any]]:
        """Every line, the oldest first; one that a crash cut is left out."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_text("utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return found

    def of(self, run: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["run"] == run]

    def has_ended(self, run: str) -> bool:
        return any(line["step"] in ENDS for line in self.of(run))
