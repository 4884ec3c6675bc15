"""What people keep in a store, for all who open it: saved funnels, test plans, improvements.

    store/saved/funnel.json           a kind of record: key → record

Records lie beside the versions, so that imports and restored versions leave them as they are.
"""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any

from filelock import FileLock

from loaders.loader import BadInput


def records(store: Path, kind: str) -> dict[str, Any]:
    """Key → record, by key. BadInput where the file was damaged by hand."""
    file = store / "saved" / f"{kind}.json"
    try:
        found = json.loads(file.read_text("utf-8")) if file.exists() else {}
    except ValueError as problem:
        raise BadInput(
            f"{file} is not JSON any more ({problem}). Mend it, or move it away to start anew."
        ) from None
    return dict(sorted(found.items()))


def keep(store: Path, kind: str, key: str, record: Any) -> None:
    """Keeps what JSON can hold under its key, in place of what was there; None forgets it."""
    if not re.fullmatch("[a-z_]+", kind):
        raise BadInput(f"A kind of record is a word of small letters, not {kind!r}.")
    folder = store / "saved"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        known = records(store, kind)
        if record is None:
            known.pop(key, None)
        else:
            known[key] = record
        draft = folder / f"{kind}.json.new"
        draft.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(folder / f"{kind}.json")


def new_key() -> str:
    """A short key that nobody else has, so that two who add a record at once do not meet."""
    return secrets.token_hex(4)
