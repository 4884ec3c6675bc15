"""`recover`: runs methods over sample shops of many seeds and prints how well they find what was planted."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

import sample_data
from commands.show import Bar, document, markdown, table
from language import numbers, phrase, say
from loaders.importing import import_delivery
from loaders.loader import BadInput, Progress
from loaders.store import Store, current
from metrics.judge import MANY, OUTCOMES, errors, verdicts
from metrics.period import Period
from metrics.recovery import RECOVERIES, Data, Recovery, chosen, recovered
from sample_data.truth import DEFINITIONS
from sample_data.world import GENERATOR, SHOP
from stories.recovery import subject, told

SIZE, CURRENCY = "small", SHOP["currency"]
ERRORS = (
    "",
    phrase("seeds"),
    phrase("answers"),
    phrase("planted"),
    phrase("recovered"),
    phrase("bias"),
    phrase("bias beside its twin"),
    phrase("typical error"),
    phrase("intervals that contain the truth"),
)
VERDICTS = (
    "",
    phrase("world"),
    phrase("asked"),
    phrase("right"),
    phrase("missed"),
    phrase("wrong"),
    phrase("refused"),
    phrase("share wrong"),
)
KINDS = {"count": phrase("count"), "method": phrase("method"), "naive": phrase("naive")}


def recover(asked: Namespace) -> int:
    methods = chosen(asked.method)
    if asked.seeds < 1:
        raise BadInput("--seeds is how many shops are built: 1 or more.")
    rows = _rows(methods, range(1, asked.seeds + 1), asked.kept)
    if asked.json:
        print(document({"errors": errors(rows).to_dicts(), "verdicts": _verdicts(rows).to_dicts()}))
    elif asked.markdown:
        print(page(rows))
    else:
        lang = asked.lang
        print(table(ERRORS, _errors(rows, lang), "<>>>>>>>>", lang))
        if judged := _judged(rows, lang):
            print("\n" + table(VERDICTS, judged, "<<>>>>>>", lang))
    return 0


def page(rows: pl.DataFrame) -> str:
    """docs/recovery.md."""
    seeds = rows["seed"].n_unique()
    meanings = [
        (each.label, KINDS[each.kind], each.meaning)
        for each in _sorted(rows["name"].unique(maintain_order=True).to_list())
    ]
    parts = [
        INTRODUCTION.format(seeds=seeds, size=SIZE, generator=GENERATOR),
        "## Planted and recovered",
        markdown(ERRORS, _errors(rows, "en")),
        ERRORS_NOTE,
        "## Found, missed, imagined",
        markdown(VERDICTS, _judged(rows, "en")),
        VERDICTS_NOTE,
        "## The methods",
        markdown(("method", "kind", "how"), meanings),
    ]
    return "\n\n".join(parts)


def _rows(methods: Sequence[Recovery], seeds: Sequence[int], kept: str | None) -> pl.DataFrame:
    """Every method in the shop of every seed, and in the other worlds that it is run in."""
    worlds: dict[str, list[Recovery]] = {"": list(methods)}
    for each in methods:
        for world in sorted(each.worlds):
            worlds.setdefault(world, []).append(each)
    parts, bar, shops = [], Bar(), [(seed, world) for seed in seeds for world in worlds]
    with nullcontext(kept) if kept else TemporaryDirectory() as room:
        for done, (seed, world) in enumerate(shops):
            named = f"{seed} {world}".strip()

            def tell(doing: str, named: str = named, done: int = done) -> None:
                bar(Progress(f"shop {named}: {doing}", done, len(shops)))

            path = Path(room) / f"{GENERATOR}-{SIZE}-{world or 'factual'}-{seed:03}"
            found = _recovered(path, seed, world, worlds[world], tell)
            parts.append(found.with_columns(seed=pl.lit(seed, pl.Int64), world=pl.lit(world)))
            if not kept:
                rmtree(path)
    bar.close()
    return pl.concat(parts).select(list(MANY))


def _recovered(
    path: Path, seed: int, world: str, methods: Sequence[Recovery], tell: Callable[[str], None]
) -> pl.DataFrame:
    if not current(path):
        shop = sample_data.delivery(SIZE, seed, sample_data.run(null=world))
        now = datetime.now(UTC)
        import_delivery(path, shop, loader="sample", now=now, progress=lambda made: tell(made.doing))
    store = Store(path)
    truths = store.truths()
    assert truths, "a sample shop has truths"
    data = Data(store.frame, store.scan, Period(*store.days()), store.manifest.timezone, store.tables)
    return recovered(truths["truths"], data, methods, tell)


def _sorted(names: Sequence[str]) -> list[Recovery]:
    """Counts, then methods, then naive ones; those of a topic together."""
    return sorted(
        (RECOVERIES[name] for name in names), key=lambda each: (list(KINDS).index(each.kind), each.topic)
    )


def _errors(rows: pl.DataFrame, lang: str) -> list[Sequence[str]]:
    found = errors(rows)
    return [
        _error(each, row, lang)
        for each in _sorted(found["name"].unique(maintain_order=True).to_list())
        for row in found.filter(name=each.name).to_dicts()
    ]


def _error(method: Recovery, row: dict[str, Any], lang: str) -> Sequence[str]:
    unit = DEFINITIONS[method.topic, method.measure][0]
    label = say(method.label, lang)
    return (
        f"{label}: {subject(row['of'], {}, lang)}" if row["of"] else label,
        f"{row['seeds']:,}",
        f"{row['answered']:,} / {row['asked']:,}",
        told(row["planted"], unit, lang, CURRENCY),
        told(row["recovered"], unit, lang, CURRENCY),
        _bias(row, unit, lang),
        _bias(row, unit, lang, "twin_"),
        told(row["rmse"], unit, lang, CURRENCY),
        _share(row["coverage"], row["coverage_low"], row["coverage_high"], lang),
    )


def _share(share: float | None, low: float | None, high: float | None, lang: str) -> str:
    """A share with its interval."""
    texts = [numbers.percent(each, lang, 0) for each in (share, low, high)]
    return texts[0] if share is None else f"{texts[0]} ({texts[1]} – {texts[2]})"


def _bias(row: dict[str, Any], unit: str, lang: str, of: str = "") -> str:
    texts = [told(row[f"{of}{name}"], unit, lang, CURRENCY) for name in ("bias", "bias_error")]
    return texts[0] if row[f"{of}bias_error"] is None else " ± ".join(texts)


def _verdicts(rows: pl.DataFrame) -> pl.DataFrame:
    return verdicts(rows, RECOVERIES)


def _judged(rows: pl.DataFrame, lang: str) -> list[Sequence[str]]:
    return [
        (
            say(RECOVERIES[row["name"]].label, lang),
            row["world"] or say("as it is", lang),
            *(f"{row[column]:,}" for column in ("asked", *OUTCOMES)),
            _share(row["wrong"] / row["asked"], row["alarms_low"], row["alarms_high"], lang),
        )
        for row in _verdicts(rows).to_dicts()
    ]


INTRODUCTION = """# Recovery: methods against known truths

Written by `make recovery` (`python cli.py recover --seeds {seeds} --markdown`). Each method is run on
{seeds} sample shops (size {size}, generator {generator}, seeds 1 to {seeds}) and on as many shops of the
world in which it must find nothing. What is planted, and how, is in [sample.md](sample.md)."""
ERRORS_NOTE = """Means over all estimates of all seeds; answers are estimates given, of those asked for. The
bias has a 95 % interval over seeds; most of it is chance where an effect is small. A shop's twin is the same
seed in the world where nothing is to be found, with the same people, visits and moods (`inert`: nobody reacts
to a promotion or a coupon). Beside it, the error in the twin is taken off the error in the shop, and with it
the chance that both share: what is left is how far the method misses the effect itself. The typical error is
the root of the mean square. Intervals are 95 % ones, so about 95 of 100 should contain the truth; behind that
share stands its Wilson interval, which takes the subjects of a seed as independent. Counts hold nearly all
that the truth counts, so theirs should contain it nearly always. Naive methods are here because they are in
use, and to show how far off they are."""
VERDICTS_NOTE = """Of methods that claim an effect. Right: the interval leaves out 0 on the side of the truth,
or holds 0 where nothing was planted. Missed: something was planted and the interval holds 0. Wrong: the other
side, or an effect where there is none. In a world with nothing to be found (`inert`, `steady`, `noise`)
refusing is right, and all that is wrong is a false alarm. The drivers of a shop are refused together."""
