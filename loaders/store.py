"""The embedded store: a directory of whole versions, one of which is current.

    store/CURRENT                     the number of the current version
    store/saved/                      what people keep: loaders/records.py
    store/versions/000012/            one version; nothing in it ever changes
        manifest.json                 what is in it and where it came from
        orders/2026-05.parquet        tables, by month of their time; others are one file, all.parquet
        events/0000.parquet           sorted by (customer, happened_at); `customer` is a code
        prepared/                     the daily cube, sales, sessions, people (customer code → id)
        superseded/, quarantine/      rows that a later source replaced, rows that are bad
        checks.json                   what the data-quality checks found
        truths.json                   of a sample shop: what is known to be true of it

A version is written beside the current one under another name and becomes current by one atomic
rename of CURRENT. Readers hold a version's path and so see it whole. Unchanged files are hard links.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from loaders import serve
from loaders.loader import BadInput
from loaders.version import Manifest, Version, read_manifest

KEPT = 10  # versions


class Store(Version):
    """The current version of the store at `path`, pinned: a later import does not change it."""

    def __init__(self, path: str | Path = "store", version: int | None = None) -> None:
        self.path = Path(path)
        number = current(self.path) if version is None else version
        if number == 0:
            raise BadInput(
                f"There is no store in {self.path}. Build the sample shop with `python cli.py sample` "
                "or import a shop with `python cli.py import SOURCE`."
            )
        room = folder(self.path, number)
        super().__init__(room, read_manifest(room))

    def frame(
        self, name: str, where: Mapping[str, Sequence[str]] = {}, by: Sequence[str] = (), basis: str = "order"
    ) -> pl.LazyFrame:
        """The prepared frame `daily`, `sales` or `sessions`, filtered; see loaders/serve.py."""
        return serve.frame(self, name, where, by, basis)


def folder(path: Path, version: int) -> Path:
    return path / "versions" / f"{version:06d}"


def current(path: Path) -> int:
    """The number of the current version; 0 where there is none."""
    try:
        return int((path / "CURRENT").read_text())
    except FileNotFoundError:
        return 0


def versions(path: str | Path) -> list[Manifest]:
    """Every version kept, the newest first."""
    found = sorted(Path(path).glob("versions/[0-9]*/manifest.json"), reverse=True)
    return [read_manifest(file.parent) for file in found]


def restore(path: str | Path, version: int) -> None:
    """Makes an earlier version current. Later ones stay and can be restored in turn."""
    path = Path(path)
    known = [manifest.version for manifest in versions(path)]
    if version not in known:
        raise BadInput(
            f"There is no version {version} in {path}. Kept: {', '.join(map(str, known)) or 'none'}."
        )
    with writing(path):
        switch(path, version)


def switch(path: Path, version: int) -> None:
    """The one step that makes a version current."""
    draft = path / "CURRENT.new"
    with draft.open("w") as file:
        file.write(f"{version}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path / "CURRENT")
    _sync(path)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Holds the store for one writer. A writer that was killed holds it no longer."""
    path.mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(path / "lock"), path / "lock.holder"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text() if holder.exists() else "another process"
        raise BadInput(
            f"The store {path} is being written by {who}. Readers are not affected; "
            "try again when it is done."
        ) from None
    try:
        holder.write_text(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """An empty folder for a new version. What a killed writer left is cleared first."""
    for left in path.glob("versions/.new-*"):
        shutil.rmtree(left)
    room = path / "versions" / f".new-{os.getpid()}"
    room.mkdir(parents=True)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def publish(path: Path, room: Path, manifest: Manifest) -> None:
    """Turns a drafted folder into the current version, and clears the oldest ones."""
    file = room / "manifest.json"
    file.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True))
    for each in room.rglob("*"):
        if each.stat().st_nlink == 1 or each.is_dir():
            _sync(each)
    target = folder(path, manifest.version)
    room.rename(target)
    _sync(target.parent)
    switch(path, manifest.version)
    kept = [old.version for old in versions(path)]
    for number in kept[KEPT:]:
        if number != manifest.version:
            shutil.rmtree(folder(path, number))


def next_version(path: Path) -> int:
    numbers = [int(found.name) for found in path.glob("versions/*") if re.fullmatch(r"\d+", found.name)]
    return max(numbers, default=0) + 1


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
