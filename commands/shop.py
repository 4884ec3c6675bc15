"""What the command line does with a shop's data: import, sample, check, versions, restore."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from commands.show import Bar, table
from language import phrase, say
from loaders import quality, store
from loaders.importing import Report, import_delivery
from loaders.loader import Delivery, choose
from loaders.records import keep, records
from loaders.settings import SETTINGS, open_for
from metrics.improvement_record import KIND

COUNTS = (
    phrase("table"),
    phrase("rows found"),
    phrase("loaded"),
    phrase("exact duplicates"),
    phrase("quarantined"),
    phrase("why"),
)
CHECKS = (
    phrase("table"),
    phrase("rule"),
    phrase("severity"),
    phrase("rows"),
    phrase("of"),
    phrase("what"),
)
VERSIONS = ("", phrase("version"), phrase("made at"), phrase("sources"), phrase("rows"), phrase("loaders"))
WRITTEN = phrase("Wrote {file}. Look through it, then import with --option mapping={file}")
CURRENT = phrase("Version {version} of {store} is current.")


def bring_in(chosen: Namespace) -> int:
    given = dict(chosen.option)
    loader, reason = choose(chosen.source, given, chosen.loader)
    print(say("Loader {loader}: {reason}.", chosen.lang, loader=loader.name, reason=say(reason, chosen.lang)))
    options = {name: value for name, value in given.items() if name in loader.options or name not in SETTINGS}
    if chosen.suggest:
        from loaders import suggest

        Path(chosen.suggest).write_text(suggest.suggest(chosen.source, options))
        print(say(WRITTEN, chosen.lang, file=chosen.suggest))
        return 0
    shop = {name: given[name] for name in SETTINGS if name in given}
    return _import(
        chosen.store, open_for(chosen.store, loader, chosen.source, options), loader.name, shop, chosen.lang
    )


def sample(chosen: Namespace) -> int:
    import sample_data
    from sample_data.improvements import improvements

    run = sample_data.run(chosen.without, chosen.null)
    delivery = sample_data.delivery(chosen.size, chosen.seed, run)
    done = _import(chosen.store, delivery, "sample", {}, chosen.lang)
    if not records(Path(chosen.store), KIND):
        for key, record in improvements(run.without).items():
            keep(Path(chosen.store), KIND, key, record)
    return done


def _import(path: str, delivery: Delivery, loader: str, shop: dict[str, str], lang: str) -> int:
    bar = Bar()
    try:
        now = datetime.now(UTC)
        report = import_delivery(path, delivery, loader=loader, now=now, progress=bar, shop=shop)
    finally:
        bar.close()
    print(_told(report, path, lang))
    return 0


def _told(report: Report, path: str, lang: str) -> str:
    """What an import did, counts first."""
    parts = []
    if report.counts:
        rows = (
            (
                name or say("(no table)", lang),
                f"{count.rows:,}",
                f"{count.loaded:,}",
                f"{count.duplicates:,}",
                f"{sum(count.quarantined.values()):,}",
                ", ".join(f"{rule} {rows:,}" for rule, rows in count.quarantined.most_common() if rows),
            )
            for name, count in sorted(report.counts.items())
        )
        parts.append(table(COUNTS, rows, "<>>>><", lang))
    parts += [
        say("{rows} rows of {table} stand aside for newer ones.", lang, rows=f"{rows:,}", table=name)
        for name, rows in report.superseded.items()
    ]
    parts += [say(note, lang) for note in report.notes]
    states = Counter(report.sources.values())
    parts.append(
        say(
            "Sources: {new} new, {corrected} corrected, {unchanged} unchanged.",
            lang,
            **{state: states[state] for state in ("new", "corrected", "unchanged")},
        )
    )
    parts.append(say(CURRENT, lang, version=report.version, store=path))
    return "\n".join(parts)


def check(chosen: Namespace) -> int:
    lang = chosen.lang
    checks = quality.check(store.Store(chosen.store))
    failed = [each for each in checks if each.severity == "bad"]
    rows = (
        (
            each.table,
            each.rule,
            say(each.severity, lang),
            f"{each.count:,}",
            f"{each.of:,}",
            say(each.detail, lang, **each.values),
        )
        for each in checks
    )
    if checks:
        print(table(CHECKS, rows, "<<<>><", lang))
    print(say("Checks failed: {n}.", lang, n=len(failed)) if failed else say("No check failed.", lang))
    return 1 if failed else 0


def versions(chosen: Namespace) -> int:
    current = store.Store(chosen.store).version
    rows = (
        (
            "→" if manifest.version == current else "",
            str(manifest.version),
            manifest.created_at,
            f"{len(manifest.sources):,}",
            f"{sum(facts['rows'] for facts in manifest.tables.values()):,}",
            ", ".join(sorted({source["loader"] for source in manifest.sources.values()})),
        )
        for manifest in store.versions(chosen.store)
    )
    print(table(VERSIONS, rows, "<><>><", chosen.lang))
    return 0


def restore(chosen: Namespace) -> int:
    store.restore(chosen.store, chosen.version)
    print(say(CURRENT, chosen.lang, version=chosen.version, store=chosen.store))
    return 0
