"""Importing on the screen: files sent by the browser, or a path or database that the server can read."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import streamlit as st

from language import numbers, say
from loaders.importing import Report, import_delivery
from loaders.loader import BadInput, Progress, choose, loaders
from loaders.settings import SETTINGS, open_for
from stories.blocks import Column, Table
from ui import card, data, grid
from ui.screen import Screen

LOCAL = ("localhost", "127.0.0.1", "::1")


def panel(screen: Screen) -> None:
    """Import by upload or by path, then what it did."""
    lang, first = screen.lang, screen.opened is None
    with st.container(key="card-import"):
        st.html(
            card.title(
                say("Import", lang),
                say("Files you have imported before are skipped; corrected ones replace their rows.", lang),
            )
        )
        ways = {"upload": say("Upload files", lang), "path": say("Path or database", lang)}
        way = st.segmented_control(
            say("From", lang),
            list(ways),
            default="upload",
            required=True,
            format_func=ways.__getitem__,
            key="import_way",
            label_visibility="collapsed",
        )
        if way == "upload":
            files = st.file_uploader(
                say("CSV, TSV, JSON Lines, Parquet or Excel; a TOML file with them is their mapping", lang),
                accept_multiple_files=True,
                key="import_files",
            )
            source = ""
        else:
            files = []
            source = st.text_input(
                say("A file, a folder or a database address on the server", lang),
                placeholder="/data/exports   sqlite:///shop.db",
                key="import_source",
            ).strip()
        name, options, shop = _settings(lang, first)
        if st.button(say("Import", lang), type="primary", disabled=not (files or source), key="import_start"):
            try:
                if Path(options.get("mapping", "")).is_file():
                    _may_read(options["mapping"], lang)
                if files:
                    report = _uploaded(files, name, options, shop, lang)
                else:
                    _may_read(source, lang)
                    report = _bring_in(source, name, options, shop, lang)
            except BadInput as problem:
                st.error(card.plain(say(str(problem), lang)), icon=":material/error:")
            else:
                st.session_state["import_report"] = report
                st.rerun()
        if "import_report" in st.session_state:
            _told(st.session_state["import_report"], screen)


def _uploaded(
    files: Sequence[Any], name: str | None, options: Mapping[str, str], shop: Mapping[str, str], lang: str
) -> Report:
    """Imports uploaded files; a TOML file among them is the mapping of the others."""
    with TemporaryDirectory(prefix="plumbline-") as folder, TemporaryDirectory() as beside:
        sent = []
        for file in files:
            is_mapping = file.name.lower().endswith(".toml")
            path = Path(beside if is_mapping else folder, Path(file.name).name)
            path.write_bytes(file.getbuffer())
            if is_mapping:
                options = {**options, "mapping": str(path)}
            else:
                sent.append(str(path))
        return _bring_in(sent[0] if len(sent) == 1 else folder, name, options, shop, lang)


def _settings(lang: str, first: bool) -> tuple[str | None, dict[str, str], dict[str, str]]:
    with st.expander(say("Settings", lang), icon=":material/tune:"):
        known = loaders()
        chosen = st.selectbox(
            say("Loader", lang),
            [None, *known],
            format_func=lambda name: (
                f"{say(known[name].label, lang)} ({name})"
                if name
                else say("the one that knows the source", lang)
            ),
            key="import_loader",
        )
        options = {}
        if chosen:
            for option, meaning in known[chosen].options.items():
                options[option] = st.text_input(
                    option, help=card.plain(say(meaning, lang)), key=f"import_{option}"
                )
        shop = {}
        if first:
            shop["timezone"] = st.text_input(
                say("Time zone of the shop", lang), placeholder="Asia/Shanghai", key="import_timezone"
            )
            shop["currency"] = st.text_input(say("Currency", lang), placeholder="CNY", key="import_currency")
            starts = {"monday": say("Monday", lang), "sunday": say("Sunday", lang)}
            shop["week_start"] = st.selectbox(
                say("Weeks start on", lang),
                list(starts),
                format_func=starts.__getitem__,
                key="import_week_start",
            )
    return chosen, _given(options), _given(shop)


def _given(settings: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in settings.items() if value and value.strip()}


def _may_read(source: str, lang: str) -> None:
    """A path is read with the server's rights, so only where its users are on the same machine.

    Elsewhere PLUMBLINE_IMPORT_FROM names the folder in which paths may lie. Raises BadInput.
    """
    folder = os.environ.get("PLUMBLINE_IMPORT_FROM")
    if folder:
        if "://" not in source and Path(source).resolve().is_relative_to(Path(folder).resolve()):
            return
        raise BadInput(say("This server imports only what lies in {folder}.", lang, folder=folder))
    if st.get_option("server.address") not in LOCAL:
        raise BadInput(
            say(
                "Other machines can reach this server, so it reads no paths. Upload the files, or set "
                "PLUMBLINE_IMPORT_FROM to the folder that it may import from.",
                lang,
            )
        )


def _bring_in(
    source: str, name: str | None, options: Mapping[str, str], shop: Mapping[str, str], lang: str
) -> Report:
    bar = _Bar(lang)
    try:
        loader, _ = choose(source, options, name)
        delivery = open_for(data.path(), loader, source, options)
        settings = {key: shop[key] for key in SETTINGS if key in shop}
        return import_delivery(
            data.path(), delivery, loader=loader.name, now=datetime.now(UTC), progress=bar, shop=settings
        )
    finally:
        bar.place.empty()


class _Bar:
    """Progress of an import: how far, rows a second, time left."""

    def __init__(self, lang: str) -> None:
        self.lang, self.began, self.drawn = lang, time.monotonic(), 0.0
        self.place = st.progress(0.0, text=say("Reading …", lang))

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self.drawn < 0.2:
            return
        self.drawn = now
        seconds = now - self.began
        share = min(progress.done / progress.size, 1.0) if progress.size else 0.0
        text = card.plain(say(progress.doing, self.lang))
        if progress.rows:
            rate = numbers.integer(progress.rows / max(seconds, 0.001), self.lang)
            text += " · " + say(
                "{rows} rows, {rate} a second",
                self.lang,
                rows=numbers.integer(progress.rows, self.lang),
                rate=rate,
            )
        if share:
            left = round(seconds * (1 / share - 1))
            text += " · " + say("{time} left", self.lang, time=f"{left // 60}:{left % 60:02}")
        self.place.progress(share, text=text)


def _told(report: Report, screen: Screen) -> None:
    """What an import did, counts first."""
    lang = screen.lang
    if report.changed:
        st.success(
            say("Imported. Version {n} is current.", lang, n=report.version), icon=":material/check_circle:"
        )
    else:
        st.info(say("Nothing new: every file was imported before.", lang), icon=":material/info:")
    rows = [
        {
            "table": name or say("(no table)", lang),
            "found": count.rows,
            "loaded": count.loaded,
            "duplicates": count.duplicates,
            "quarantined": sum(count.quarantined.values()),
            "why": ", ".join(
                f"{rule} {numbers.integer(n, lang)}" for rule, n in count.quarantined.most_common() if n
            ),
        }
        for name, count in sorted(report.counts.items())
    ]
    if rows:
        columns = (
            Column("table", say("Table", lang)),
            Column("found", say("Rows found", lang), "integer"),
            Column("loaded", say("Loaded", lang), "integer"),
            Column("duplicates", say("Exact duplicates", lang), "integer"),
            Column("quarantined", say("Quarantined", lang), "integer"),
            Column("why", say("Why", lang)),
        )
        grid.table(Table(pl.DataFrame(rows), columns, name="import"), screen)
    for note in report.notes:
        st.html(f'<p class="pl-sub">{card.rich(say(note, lang))}</p>')
