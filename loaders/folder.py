"""Files and folders: CSV, TSV, JSON Lines, Parquet and Excel, by our names or by a mapping."""

from __future__ import annotations

from collections.abc import Mapping as Map
from pathlib import Path

from loaders import files, mapping
from loaders.loader import BadInput, Delivery, Loader, unknown_options
from loaders.matching import check_options, choose, deliver
from loaders.rows import Empty, Table

OPTIONS = {
    "mapping": f"a TOML file that says how their columns become ours, or one of {', '.join(mapping.ready())}",
    "timezone": "time zone of the shop, such as Europe/London, and of times without one",
    "currency": "currency of the shop, such as EUR",
    "week_start": "monday or sunday",
    "date_order": "dmy or mdy, where 03/04/2020 may be either",
    "decimal": ". or , before the fraction of a number",
    "encoding": "encoding of text files, such as cp1252 or gb18030",
    "separator": "character between the fields of a CSV file, or tab",
    "sheet": "the one sheet of a workbook to read",
    "table": "our table that the one file holds, where its name does not say so",
}


def recognises(source: str, options: Map[str, str]) -> str | None:
    """A folder, or a file of a known kind."""
    path = Path(source)
    if path.is_dir():
        found = [one for one in path.rglob("*") if files.kind(one)]
        return f"it is a folder with {len(found)} files to read" if found else None
    return f"it is a {files.kind(path)} file" if path.is_file() and files.kind(path) else None


def open_folder(source: str, options: Map[str, str]) -> Delivery:
    """The files in a folder, or one file. Raises BadInput for what cannot be read or mapped."""
    unknown_options(LOADER, options)
    chosen = mapping.load(options["mapping"]) if options.get("mapping") else None
    settings = check_options({**(chosen.read if chosen else {}), **options})
    found, notes = open_tables(source, settings)
    chosen, why = choose(found, settings, chosen)
    delivery = deliver(found, chosen, settings)
    return Delivery(delivery.sources, delivery.shop, [why, *notes, *delivery.notes])


def open_tables(source: str, options: Map[str, str]) -> tuple[list[Table], list[str]]:
    """Every table in the folder or file, by the path in it; and notes on what was left out."""
    path = Path(source)
    if not path.exists():
        raise BadInput(f"There is no file or folder {source!r}. Check the spelling.")
    if path.is_file():
        return files.open_file(path, path.name, options), []
    found: list[Table] = []
    notes, other = [], []
    for one in sorted(one for one in path.rglob("*") if one.is_file()):
        name = one.relative_to(path).as_posix()
        if files.kind(one) is None:
            other.append(name)
            continue
        try:
            found += files.open_file(one, name, options)
        except Empty as error:
            notes.append(str(error))
    if other:
        notes.append(
            f"left out, as not a kind of file that is read: {', '.join(other[:5])}{', …' * (len(other) > 5)}"
        )
    if not found:
        raise BadInput(
            f"{source!r} holds nothing to read. Known kinds: {', '.join(files.OPENERS)}. " + " ".join(notes)
        )
    notes += [f"{table.name}: {table.note}" for table in found if table.note]
    return found, notes


LOADER = Loader(
    name="folder",
    label="Files and folders",
    options=OPTIONS,
    recognises=recognises,
    open=open_folder,
)
