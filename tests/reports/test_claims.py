"""Numbers that carry where they come from: checked at export, verified in the file, caught when altered."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import replace

import pytest

from cli import main
from reports import claims
from reports.export import FORMATS, export
from reports.reading import embedded, printed
from reports.shop import opened
from stories.blocks import Claim, Finding, Kpi, Text
from stories.report import Report
from tests.loaders.shop import import_, line, order, source
from tests.reports.conftest import told

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def written(there, tmp_path, lang="en") -> dict:
    report, facts = told(there, "board", lang), there.facts()
    files = export(report, list(FORMATS), there.ask, facts.checks, there.store.manifest.created_at)
    paths = {}
    for file in files:
        paths[file.kind] = tmp_path / file.name
        paths[file.kind].write_bytes(file.data)
    return paths


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_that_a_reader_sees_has_its_claim(shop, lang):
    told_at_all = 0
    for block in told(shop, "board", lang).blocks():
        if isinstance(block, Kpi):
            texts = [block.value, block.change, block.compared, block.target]
            own = [replace(block.claim, printed=block.value), *block.beside]
        elif isinstance(block, Finding):
            texts, own = [block.text, block.effect], list(block.claims)
        else:
            continue
        covered = " ".join(claim.printed for claim in own)
        for text in texts:
            bare = re.sub(r"\d+ \w{3} \d{4}|\d+年\d+月\d+日|95%", "", text)
            for number in NUMBER.findall(bare):
                told_at_all += 1
                assert number in covered, f"{number} of {text!r} has no claim"
    assert told_at_all > 40


@pytest.mark.parametrize(
    ("text", "value", "lang", "answer"),
    [
        ("$48.2K", 48_151.2, "en", True),
        ("$48.2K", 48_260.0, "en", False),
        ("US$4.8万", 48_151.2, "zh", True),
        ("+22.0%", 0.2203, "en", True),
        ("+22.0%", 0.2106, "en", False),
        ("−2.4 pp", -0.0241, "en", True),
        ("−2.4 pp", 0.0241, "en", False),
        ("−2.4个百分点", -0.0241, "zh", True),
        ("$412.92", -412.92, "en", True),  # "lost $412.92"
        ("12 times", 11.0, "en", True),
        ("6.30×", 6.296, "en", True),
        ("–", None, "en", True),
        ("5", None, "en", False),
    ],
)
def test_a_printed_number_is_read(text, value, lang, answer):
    assert claims.shows(text, value, lang) is answer


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_hold_in_every_format(shop, tmp_path, lang):
    for kind, path in written(shop, tmp_path, lang).items():
        file, found, record = embedded(path)
        assert found == kind
        states = [each.state for each in claims.verify(record, printed(file, kind), str(shop.store.path))]
        assert set(states) == {"holds"} and len(states) > 40, kind


def tampered(path, was: str, now: str) -> None:
    """Another number printed in the file, in place of the first that stands there."""
    if path.suffix == ".html":
        text = path.read_text()
        assert was in text
        path.write_text(text.replace(was, now, 1))
        return
    old = path.with_suffix(".old")
    shutil.move(path, old)
    done = False
    with zipfile.ZipFile(old) as parts, zipfile.ZipFile(path, "w") as new:
        for name in parts.namelist():
            data = parts.read(name)
            if not done and re.match(r"ppt/slides/slide|xl/sharedStrings", name) and was.encode() in data:
                data, done = data.replace(was.encode(), now.encode(), 1), True
            new.writestr(name, data)
    assert done


@pytest.mark.parametrize("kind", ["html", "pptx", "xlsx"])
def test_a_tampered_number_is_caught(shop, tmp_path, capsys, kind):
    path = written(shop, tmp_path)[kind]
    tampered(path, "$1,470", "$1,970")
    assert main(["verify", str(path), "--store", str(shop.store.path)]) == 1
    said = capsys.readouterr().out
    assert "net_revenue" in said and "the file was altered" in said


def test_a_tampered_pdf_is_caught(shop, tmp_path, capsys):
    """Printed from altered figures, with the claims of the true ones."""
    from reports.pdf import pdf
    from reports.reading import embed

    report, facts = told(shop), shop.facts()
    (file,) = export(report, ["pdf"], shop.ask, facts.checks, shop.store.manifest.created_at)
    path = tmp_path / file.name
    path.write_bytes(file.data)
    _, _, record = embedded(path)
    path.write_bytes(embed(pdf(altered(report)), "pdf", record))
    assert main(["verify", str(path), "--store", str(shop.store.path)]) == 1
    assert "the file was altered" in capsys.readouterr().out


def altered(report: Report) -> Report:
    def change(block):
        return (
            replace(block, value="$9,999")
            if isinstance(block, Kpi) and block.metric == "net_revenue"
            else block
        )

    chapters = [
        replace(chapter, blocks=[change(block) for block in chapter.blocks]) for chapter in report.chapters
    ]
    return replace(report, chapters=chapters)


def test_an_export_with_another_number_is_stopped(shop):
    with pytest.raises(claims.Differs) as stopped:
        list(export(altered(told(shop)), ["html"], shop.ask, (), ""))
    assert stopped.value.found == ["net_revenue 2026-05-01..2026-05-30: $9,999, 1470.0"]


def test_a_text_with_a_false_claim_is_stopped(shop):
    report = told(shop)
    false = Text("999 orders", [Claim("orders", 999.0, 999, "2026-05-01", "2026-05-30", printed="999")])
    report = replace(report, chapters=[*report.chapters, replace(report.chapters[0], blocks=[false])])
    with pytest.raises(claims.Differs, match=r"orders 2026-05-01..2026-05-30: 999, 150"):
        claims.check(report, shop.ask, ())


def test_later_data_is_told_apart_from_a_wrong_number(shop, tmp_path, capsys):
    store = tmp_path / "store"
    shutil.copytree(shop.store.path, store)
    path = written(opened(str(store)), tmp_path)["html"]
    late = order("L1", "2026-05-12T10:00", customer_id="L", channel="Email", region="Kent", device="Mobile")
    rows = {"orders": [late], "order_lines": [line("L1", "P1", 3, 10.0, category="Home", unit_cost=6.0)]}
    import_(store, source("late", rows, size=1000))
    assert main(["verify", str(path), "--store", str(store)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"changed +net_revenue 2026-05-01..2026-05-30 +\$1,470 +1,500 +data arrived later", said)
    assert " 0 are wrong" in said and "as of 30 May 2026" in said


def test_a_file_of_others_is_refused_in_one_line(tmp_path, capsys):
    path = tmp_path / "other.pdf"
    path.write_bytes(b"%PDF-1.4 nothing")
    assert main(["verify", str(path), "--store", str(tmp_path)]) == 2
    assert "has no claims in it" in capsys.readouterr().err
