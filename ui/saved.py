"""Settings of a page saved under a name, for all who open the store: a JSON file beside its versions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from filelock import FileLock

from ui import data

Link = dict[str, list[str]]  # parameter → values, as in an address


def saved(page: str) -> dict[str, Link]:
    """Name → the parameters of its link, by name."""
    file = data.path() / "saved" / f"{page}.json"
    found = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return dict(sorted(found.items()))


def save(page: str, name: str, link: Mapping[str, list[str]] | None) -> None:
    """Keeps a link under a name; None forgets it."""
    folder = data.path() / "saved"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        known = saved(page)
        if link is None:
            known.pop(name, None)
        else:
            known[name] = dict(link)
        draft = folder / f"{page}.json.new"
        draft.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(folder / f"{page}.json")
