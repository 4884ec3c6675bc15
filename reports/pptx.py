"""PowerPoint: real layouts, one message a slide as its title, native charts and tables, speaker notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from io import BytesIO
from typing import Any

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Pt

from charts.chart import Chart
from language import say
from metrics.metric import REGISTRY
from reports import cell
from reports.deck import BODY, EDGE, LEFT, LOW, ROOM, TITLE_ONLY, TOP, WIDE, Deck, bare, lines, runs
from reports.native import native
from reports.pptx_chart import add_chart, add_heat
from reports.slide_table import fill_table, laid_out, shares
from stories.blocks import Block, Finding, Heading, Kpi, Row, Source, Table, Text, Warning
from stories.report import Chapter, Report, flat, message

ARROWS = {"up": "▲", "down": "▼", "flat": "■"}


def pptx(report: Report) -> bytes:
    """The report as a deck."""
    deck = Deck(report)
    deck.cover()
    for chapter in report.chapters:
        deck.chapter = chapter.title
        for group in _slides(chapter):
            if isinstance(group[0], Kpi):
                _figures(deck, [each for each in group if isinstance(each, Kpi)])
            elif isinstance(group[0], Chart | Table) and not group[0].missing:
                draw(group[0], deck)
            else:
                _texts(deck, chapter, group)
    made = BytesIO()
    deck.file.save(made)
    return made.getvalue()


def _slides(chapter: Chapter) -> Iterator[list[Block]]:
    """Blocks that share a slide: key figures, texts; a chart or table has its own, unless it has no data."""
    held: list[Block] = []
    for block in flat(chapter.blocks):
        is_own = isinstance(block, Chart | Table) and not block.missing
        kind = "own" if is_own else "kpi" if isinstance(block, Kpi) else "text"
        last = held and ("kpi" if isinstance(held[-1], Kpi) else "text")
        if held and (kind != last or kind == "own"):
            yield held
            held = []
        if kind == "own":
            yield [block]
        else:
            held.append(block)
    if held:
        yield held


def _texts(deck: Deck, chapter: Chapter, blocks: Sequence[Block]) -> None:
    told = [block for block in blocks if not isinstance(block, Source) and not deck.has_said(block)]
    for part in shares([_high(block) for block in told], LOW.pt):
        slide = deck.slide(_headline(chapter, told[part.start : part.stop]))
        body = slide.placeholders[BODY].text_frame
        body.clear()
        for block in told[part.start : part.stop]:
            deck.body = body
            draw(block, deck)
        deck.notes(slide, [block.text for block in blocks if isinstance(block, Source)])


def _high(block: Block) -> float:
    """Points that a text takes on a slide."""
    if isinstance(block, Text):
        return sum(lines(line, 14) * 17 + 9 for line in block.text.split("\n"))
    if isinstance(block, Heading):
        return 31.0 + (lines(block.note, 13) * 16 + 9 if block.note else 0)
    if isinstance(block, Finding | Warning):
        action = getattr(block, "action", "")
        return lines(f"!  {block.text}", 16) * 19.5 + 9 + (lines(action, 13) * 16 + 4 if action else 0)
    if isinstance(block, Chart | Table):
        return lines(f"{block.title}: {block.missing}", 16) * 19.5 + 9
    return 22.0


def _headline(chapter: Chapter, blocks: Sequence[Block]) -> str:
    """The first sentence of the first finding; the chapter's title where it has none."""
    first = next((block for block in blocks if isinstance(block, Finding)), None)
    if first is None:
        return chapter.title
    text = first.text.replace("**", "")
    for end in (". ", "。"):
        text = text.split(end)[0]
    return text.rstrip(".。")


def _figures(deck: Deck, cards: Sequence[Kpi]) -> None:
    """Cards of the key figures that have a value; below them, why the others have none."""
    lang = deck.report.lang
    judged = [card.met for card in cards if card.met is not None]
    title = (
        say("{n} of {of} targets are met", lang, n=sum(judged), of=len(judged)) if judged else deck.chapter
    )
    slide = deck.slide(title, TITLE_ONLY)
    shown, without = cell.split(cards, lang)
    across, gap = 4, Pt(10)
    down, below = -(-len(shown) // across), Pt(16 * len(without))
    wide = (ROOM - gap * (across - 1)) // across
    high = min((LOW - below - gap * max(down - 1, 0)) // max(down, 1), Pt(124))
    for i, card in enumerate(shown):
        left, top = EDGE + (i % across) * (wide + gap), TOP + (i // across) * (high + gap)
        _card(deck, slide, card, left, top, wide, high)
    if without:
        box = slide.shapes.add_textbox(LEFT, TOP + down * (high + gap), WIDE, below)
        box.text_frame.word_wrap = True
        for i, line in enumerate(without):
            deck.line(box.text_frame, line.replace("**", ""), 11, deck.theme.muted, first=i == 0)
    notes = [f"{card.label}: {card.definition}" for card in cards if card.definition]
    deck.notes(slide, notes)


def _card(deck: Deck, slide: Any, card: Kpi, left: int, top: int, wide: int, high: int) -> None:
    own = deck.theme
    box = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, left, top, wide, high)
    box.name = f"{card.label}"
    box.adjustments[0] = 0.06
    bare(box, own.card, own.border)
    frame = box.text_frame
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.TOP, True
    frame.margin_left = frame.margin_right = Pt(11)
    frame.margin_top = Pt(9)
    deck.line(frame, card.label, 11, own.muted, first=True)
    deck.line(frame, card.value, 22, own.text, strong=True)
    if card.change:
        text = f"{ARROWS[card.direction]} {card.change}  "
        deck.line(frame, text, 11, own.tone(card.tone), strong=True, after=(card.compared, own.muted))
    if card.target:
        deck.line(frame, card.target, 10.5, own.muted)
        if card.attainment is not None:
            track, fill = Emu(wide - Pt(22)), own.bad if card.met is False else own.primary
            for share, color in ((1.0, own.border), (min(max(card.attainment, 0.02), 1.0), fill)):
                bar = slide.shapes.add_shape(
                    MSO_SHAPE.RECTANGLE, left + Pt(11), top + high - Pt(14), Emu(int(track * share)), Pt(3.5)
                )
                bare(bar, color)


@singledispatch
def draw(block: object, deck: Deck) -> None:
    raise TypeError(f"There is no PowerPoint form for {type(block).__name__}.")


@draw.register
def _(block: Heading, deck: Deck) -> None:
    runs(deck, deck.paragraph(), f"**{block.text}**", 18)
    if block.note:
        runs(deck, deck.paragraph(), block.note, 13, deck.theme.muted)


@draw.register
def _(block: Text, deck: Deck) -> None:
    for line in block.text.split("\n"):
        runs(deck, deck.paragraph(), line, 14)


@draw.register
def _(block: Source, deck: Deck) -> None:
    runs(deck, deck.paragraph(), block.text, 11, deck.theme.muted)


@draw.register
def _(block: Warning, deck: Deck) -> None:
    runs(deck, deck.paragraph(), f"! {block.text}", 16, deck.theme.warn)


@draw.register
def _(block: Finding, deck: Deck) -> None:
    mark = {"good": "✓", "bad": "!", "neutral": "•"}[block.tone]
    paragraph = deck.paragraph()
    runs(deck, paragraph, f"{mark}  ", 16, deck.theme.tone(block.tone))
    runs(deck, paragraph, block.text, 16)
    if block.action:
        runs(deck, deck.paragraph(4), f"→ {block.action}", 13, deck.theme.muted)


@draw.register
def _(block: Kpi, deck: Deck) -> None:
    _figures(deck, [block])


@draw.register
def _(block: Row, deck: Deck) -> None:
    for each in block.blocks:
        draw(each, deck)


def _missing(block: Chart | Table, deck: Deck) -> None:
    """Why it has no data, as a line among the texts."""
    runs(
        deck,
        deck.paragraph(),
        say(
            "{metric}: {reason}.",
            deck.report.lang,
            metric=f"**{block.title}**",
            reason=block.missing.rstrip(".。"),
        ),
        16,
        deck.theme.muted,
    )


@draw.register
def _(block: Chart, deck: Deck) -> None:
    if block.missing:
        _missing(block, deck)
        return
    note = block.note if not block.message else f"{block.title} · {block.note}"
    slide = deck.slide(message(block), TITLE_ONLY, note)
    found = native(block, deck.report.lang, deck.report.currency)
    (add_heat if found.form == "heat" else add_chart)(deck, slide, block, found)
    deck.notes(slide, [block.alt, block.note])


@draw.register
def _(block: Table, deck: Deck) -> None:
    if block.missing:
        _missing(block, deck)
        return
    lang, currency = deck.report.lang, deck.report.currency
    columns = [column for column in block.columns if column.kind != "trend"]
    rows = cell.rows(block, columns, lang, currency)
    grid = laid_out(columns, rows)
    parts = grid.parts() or [range(0)]
    for page, part in enumerate(parts, 1):
        title = message(block) or deck.chapter
        note = say("{n} of {of}", lang, n=page, of=len(parts)) if len(parts) > 1 else ""
        below = block.note if not block.message else f"{block.title} · {block.note}"
        slide = deck.slide(title, TITLE_ONLY, " · ".join(filter(None, (below.rstrip(" ·"), note))))
        fill_table(deck, slide, columns, rows, grid, part)
        used = [REGISTRY[column.name] for column in columns if column.name in REGISTRY]
        notes = [f"{say(m.label, lang)}: {say(m.meaning, lang)} {say(m.formula, lang)}" for m in used]
        deck.notes(slide, [*notes, block.note])
