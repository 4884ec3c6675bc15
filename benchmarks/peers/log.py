"""A log of visits that nobody made, to measure questions about sequences with."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

NAMES = ["cart", "checkout", "like", "purchase", "question", "search", "view", "visit"]
CHANCES = [0.08, 0.05, 0.06, 0.03, 0.02, 0.12, 0.34, 0.30]
DEVICES = ["Desktop", "Mobile", "Tablet"]
START, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 90
SECOND = 1_000_000
BATCH = 1_000_000
EVENTS_EACH = 20  # of a customer
PART = 10_000_000  # rows made at a time


def write_log(folder: Path, events: int, customers: int) -> list[Path]:
    """Arrow files like those of a store (loaders/log.py): sorted by customer and time, and by event where
    these are equal, so that there is one order for all. A customer keeps to one device.
    """
    random, files, row, first = np.random.default_rng(1), [], 0, 0
    while row < events:
        size = min(PART, events - row)
        people = max(customers * (row + size) // events - first, 1)
        customer = np.sort(random.integers(0, people, size))
        # Visits: two in three events follow the one before within minutes.
        second = random.integers(0, DAYS * 86_400, size)
        near = random.random(size) < 0.66
        second = np.where(near, np.roll(second, 1) + random.integers(1, 600, size), second)
        second = np.minimum(second, DAYS * 86_400 - 1)
        event = random.choice(len(NAMES), size, p=CHANCES)
        order = np.argsort((customer * (DAYS * 86_400 * 2) + second) * len(NAMES) + event)
        second, event = second[order], event[order]
        new = np.concatenate([[True], (customer[1:] != customer[:-1]) | (np.diff(second) > 1800)])
        frame = pl.DataFrame(
            {
                "customer": (customer + first).astype(np.int32),
                "session": row + np.maximum.accumulate(np.where(new, np.arange(size), 0)),
                "happened_at": pl.Series(int(START.timestamp()) * SECOND + second * SECOND).cast(
                    pl.Datetime("us", "UTC")
                ),
                "event": _named(event, NAMES),
                "channel": _named(random.integers(0, 2, size), ["Direct", "Social"]),
                "region": _named(random.integers(0, 2, size), ["North", "South"]),
                "device": _named(random.integers(0, len(DEVICES), people)[customer], DEVICES),
            }
        )
        # A file holds whole customers, as a store's does.
        cuts = np.searchsorted(customer, customer[np.arange(BATCH, size, BATCH)]).tolist()
        for low, high in pairwise(sorted({0, *cuts, size})):
            files.append(folder / f"{len(files):04}.arrow")
            frame[low:high].write_ipc(files[-1], compression="uncompressed", record_batch_size=2 * BATCH)
        row, first = row + size, first + people
    return files


def _named(codes: np.ndarray, names: list[str]) -> pl.Series:
    return pl.Series(codes.astype(np.uint8)).cat.to(pl.Enum(names))
