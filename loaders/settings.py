"""The settings of a shop: its time zone, its currency and the first day of its week."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from loaders.loader import BadInput, Delivery, Loader
from loaders.store import Store, current
from loaders.version import Manifest

SETTINGS = ("timezone", "currency", "week_start")
WEEK_STARTS = ("monday", "sunday")


def open_for(path: str | Path, loader: Loader, source: str, options: Mapping[str, str]) -> Delivery:
    """Opens a source for a store: times without a zone are in the shop's, where the source says nothing."""
    delivery = loader.open(source, options)
    if "timezone" in delivery.shop or "timezone" not in loader.options or not current(Path(path)):
        return delivery
    manifest = Store(path).manifest
    if manifest.sample or manifest.timezone == Manifest().timezone:  # what loaders take without a zone
        return delivery
    return loader.open(source, {**options, "timezone": manifest.timezone})


def settings_of(old: Store | None, asked: Mapping[str, str]) -> dict[str, str]:
    """The store's settings as they are after an import that asks for some.

    Raises BadInput for one that there is not, and for a change of currency.
    """
    standing = old.manifest if old else Manifest()
    settings = {
        key: asked.get(key) or getattr(standing, key) for key in ("timezone", "currency", "week_start")
    }
    try:
        ZoneInfo(settings["timezone"])
    except (KeyError, ValueError, OSError):
        raise BadInput(
            f"There is no time zone {settings['timezone']!r}. Give one as Europe/Berlin or Asia/Shanghai."
        ) from None
    if not re.fullmatch("[A-Z]{3}", settings["currency"]):
        raise BadInput(f"{settings['currency']!r} is no currency code. Give one as USD, EUR or CNY.")
    if settings["week_start"] not in WEEK_STARTS:
        raise BadInput(f"A week starts on {' or '.join(WEEK_STARTS)}, not on {settings['week_start']!r}.")
    if old and settings["currency"] != standing.currency:
        raise BadInput(
            f"The store is kept in {standing.currency} and this source is in {settings['currency']}. "
            "Convert it first, or import it into another store with --store."
        )
    return settings
