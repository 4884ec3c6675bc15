"""What the command line does with a shop's data: import, sample, check, versions, restore."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from commands.show import Bar, table
from loaders import quality, store
from loaders.importing import SETTINGS, Report, import_delivery
from loaders.loader import Delivery, choose


def bring_in(chosen: Namespace) -> int:
    given = dict(chosen.option)
    loader, reason = choose(chosen.source, given, chosen.loader)
    print(f"Loader {loader.name}: {reason}.")
    options = {name: value for name, value in given.items() if name in loader.options or name not in SETTINGS}
    if chosen.suggest:
        from loaders import suggest

        Path(chosen.suggest).write_text(suggest.suggest(chosen.source, options))
        print(f"Wrote {chosen.suggest}. Edit it, then import with --option mapping={chosen.suggest}")
        return 0
    shop = {name: given[name] for name in SETTINGS if name in given}
    return _import(chosen.store, loader.open(chosen.source, options), loader.name, shop)


def sample(chosen: Namespace) -> int:
    import sample_data

    return _import(chosen.store, sample_data.delivery(chosen.size, chosen.seed), "sample", {})


def _import(path: str, delivery: Delivery, loader: str, shop: dict[str, str]) -> int:
    bar = Bar()
    try:
        now = datetime.now(UTC)
        report = import_delivery(path, delivery, loader=loader, now=now, progress=bar, shop=shop)
    finally:
        bar.close()
    print(_told(report, path))
    return 0


def _told(report: Report, path: str) -> str:
    """What an import did, counts first."""
    parts = []
    if report.counts:
        columns = ("table", ">rows found", ">loaded", ">exact duplicates", ">quarantined", "why")
        parts.append(
            table(
                columns,
                (
                    (
                        name or "(no table)",
                        f"{count.rows:,}",
                        f"{count.loaded:,}",
                        f"{count.duplicates:,}",
                        f"{sum(count.quarantined.values()):,}",
                        ", ".join(
                            f"{rule} {rows:,}" for rule, rows in count.quarantined.most_common() if rows
                        ),
                    )
                    for name, count in sorted(report.counts.items())
                ),
            )
        )
    states = list(report.sources.values())
    parts += [
        f"{rows:,} rows of {name} stand aside for newer ones." for name, rows in report.superseded.items()
    ]
    parts += report.notes
    told = ", ".join(
        f"{states.count(state)} {state}" for state in ("new", "corrected", "unchanged") if state in states
    )
    became = "became current" if report.changed else "stays current"
    parts.append(f"Sources: {told}. Version {report.version} of {path} {became}.")
    return "\n".join(parts)


def check(chosen: Namespace) -> int:
    checks = quality.check(store.Store(chosen.store))
    failed = [each for each in checks if each.severity == "bad" and each.count]
    rows = (
        (each.table, each.rule, each.severity, f"{each.count:,}", f"{each.of:,}", each.detail)
        for each in checks
    )
    if checks:
        print(table(("table", "rule", "severity", ">rows", ">of", "what"), rows))
    print(f"{len(failed)} failed." if failed else "No check failed.")
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
    print(table(("", ">version", "made at", ">sources", ">rows", "loaders"), rows))
    return 0


def restore(chosen: Namespace) -> int:
    store.restore(chosen.store, chosen.version)
    print(f"Version {chosen.version} of {chosen.store} is current.")
    return 0
