"""A deck of ours while it is made: a 16:9 master with our colours and type, slides, words, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from charts.theme import theme
from language import numbers, say
from stories.blocks import Finding
from stories.report import Report

COVER, CONTENT, TITLE_ONLY = 0, 1, 5  # layouts of the package's own template
BODY = 1
SIZE = Pt(960), Pt(540)
LEFT, TOP, WIDE = Pt(44), Pt(106), Pt(872)  # of text boxes, whose text begins at EDGE
EDGE, ROOM = Pt(51), Pt(858)  # of what has no inset
LOW = Pt(392)  # from TOP down to the foot
SIGN = 0.54  # of a sign's size is its width in Arial, rather too much than too little
LATIN = "Arial"  # on every machine that opens decks; Inter is not
FAR_EAST = "Microsoft YaHei"


class Deck:
    """The presentation, and where words go next."""

    def __init__(self, report: Report) -> None:
        self.report, self.theme = report, theme(False)
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = SIZE
        self.file.core_properties.title = f"{report.title} · {report.short}"
        self.file.core_properties.author = "Plumbline"
        self.body: Any = None
        self.chapter = ""
        self.said: list[str] = []
        self._theme()
        self._layouts()

    def has_said(self, block: object) -> bool:
        """Whether a finding without advice was on a slide before, as the summary repeats the page's first."""
        if not isinstance(block, Finding) or block.action:
            return False
        before = any(text.startswith(block.text) for text in self.said)
        self.said.append(block.text)
        return before

    def _theme(self) -> None:
        """Our colours and fonts in the file's theme, so that what people add later fits."""
        own = self.theme
        part = next(
            rel.target_part
            for rel in self.file.slide_master.part.rels.values()
            if rel.reltype.endswith("/theme")
        )
        root = etree.fromstring(part.blob)
        names = ["dk2", "lt2", *(f"accent{i}" for i in range(1, 7)), "hlink"]
        colors = [own.sequential[-1], own.page, *own.categorical[:6], own.primary]
        for name, color in [("dk1", own.text), ("lt1", own.card), *zip(names, colors, strict=True)]:
            (node,) = root.iter(qn(f"a:{name}"))
            for child in list(node):
                node.remove(child)
            etree.SubElement(node, qn("a:srgbClr")).set("val", color[1:])
        for kind in ("majorFont", "minorFont"):
            (fonts,) = root.iter(qn(f"a:{kind}"))
            fonts.find(qn("a:latin")).set("typeface", LATIN)
            fonts.find(qn("a:ea")).set("typeface", FAR_EAST)
        part._blob = etree.tostring(root)

    def _layouts(self) -> None:
        """Titles at the top left over the whole width, in the master and in the layouts used."""
        own = self.theme
        holders = [self.file.slide_master, *(self.file.slide_layouts[i] for i in (CONTENT, TITLE_ONLY))]
        for holder in holders:
            for shape in list(holder.placeholders):
                kind = shape.placeholder_format.type
                if "TITLE" in str(kind):
                    shape.left, shape.top, shape.width, shape.height = LEFT, Pt(28), WIDE, Pt(48)
                    shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
                elif "BODY" in str(kind) or "OBJECT" in str(kind):
                    shape.left, shape.top, shape.width, shape.height = LEFT, TOP, WIDE, Pt(388)
                else:  # date, footer and number are drawn by us, so that they are always there
                    shape._element.getparent().remove(shape._element)
        styles = self.file.slide_master._element.find(qn("p:txStyles"))
        first = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
        first.set("algn", "l")
        look = first.find(qn("a:defRPr"))
        look.set("sz", "2400")
        look.set("b", "1")
        cover = self.file.slide_layouts[COVER]
        cover.background.fill.solid()
        cover.background.fill.fore_color.rgb = RGBColor.from_string(own.sequential[-1][1:])
        for shape, (top, high) in zip(list(cover.placeholders)[:2], ((150, 80), (236, 40)), strict=True):
            shape.left, shape.top, shape.width, shape.height = LEFT, Pt(top), WIDE, Pt(high)
        for shape in list(cover.placeholders)[2:]:
            shape._element.getparent().remove(shape._element)

    def cover(self) -> None:
        slide = self.file.slides.add_slide(self.file.slide_layouts[COVER])
        white = "#FFFFFF"
        title, below = slide.placeholders[0], slide.placeholders[1]
        for shape, text, size, strong in (
            (title, self.report.title, 40, True),
            (below, self.report.short, 20, False),
        ):
            frame = shape.text_frame
            frame.word_wrap = True
            self.line(frame, text, size, white, strong=strong, first=True)
            frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        box = slide.shapes.add_textbox(LEFT, Pt(310), WIDE, Pt(190))
        box.text_frame.word_wrap = True
        for i, (label, value) in enumerate(self.report.about.items()):
            self.line(
                box.text_frame, f"{label}: ", 12, white, strong=True, first=i == 0, after=(value, white)
            )
            box.text_frame.paragraphs[i].space_after = Pt(5)
        brand = slide.shapes.add_textbox(LEFT, Pt(36), Pt(300), Pt(24))
        brand.text_frame.word_wrap = True
        self.line(brand.text_frame, "PLUMBLINE", 12, white, strong=True, first=True)
        notes = "\n".join(f"{label}: {value}" for label, value in self.report.about.items())
        slide.notes_slide.notes_text_frame.text = notes

    def slide(self, title: str, layout: int = CONTENT, note: str = "") -> Any:
        made = self.file.slides.add_slide(self.file.slide_layouts[layout])
        made.shapes.title.text_frame.word_wrap = True
        size = 24 if wide(title) < 70 else 20 if wide(title) < 95 else 17
        self.line(made.shapes.title.text_frame, title, size, self.theme.text, strong=True, first=True)
        if note:
            box = made.shapes.add_textbox(LEFT, Pt(76), WIDE, Pt(22))
            box.text_frame.word_wrap = True
            size = 12 if lines(note, 12) == 1 else 10
            self.line(box.text_frame, note.replace("**", ""), size, self.theme.muted, first=True)
        self._foot(made)
        return made

    def _foot(self, slide: Any) -> None:
        day = say("Data to {day}", self.report.lang, day=numbers.day(self.report.as_of, self.report.lang))
        for left, wide, text, side in (
            (LEFT, Pt(700), f"{self.report.title} · {self.report.short} · {day}", PP_ALIGN.LEFT),
            (Pt(836), Pt(80), str(len(self.file.slides)), PP_ALIGN.RIGHT),
        ):
            box = slide.shapes.add_textbox(left, Pt(510), wide, Pt(20))
            box.text_frame.word_wrap = True
            self.line(box.text_frame, text, 9, self.theme.muted, first=True)
            box.text_frame.paragraphs[0].alignment = side
        mark = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, EDGE, Pt(24), Pt(30), Pt(3))
        bare(mark, self.theme.primary)

    def notes(self, slide: Any, lines: Sequence[str]) -> None:
        """What the speaker reads: the lines, or where the slide comes from."""
        told = "\n".join(line.replace("**", "") for line in lines if line)
        default = say("From the page of the same name, with the same filters.", self.report.lang)
        slide.notes_slide.notes_text_frame.text = told or default

    def paragraph(self, before: float = 9) -> Any:
        """The next paragraph of the body, without a bullet of its own."""
        first = self.body.paragraphs[0]
        made = first if not first.runs and len(self.body.paragraphs) == 1 else self.body.add_paragraph()
        made.space_before = Pt(before)
        facts = made._p.get_or_add_pPr()
        facts.set("marL", "0")
        facts.set("indent", "0")
        etree.SubElement(facts, qn("a:buNone"))
        return made

    def line(
        self, frame: Any, text: str, size: float, color: str, *,
        strong: bool = False, first: bool = False, after: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        """A paragraph in a shape. after: more words in it, with their colour."""
        paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        write(paragraph, text, size, color, strong)
        if after:
            write(paragraph, after[0], size, after[1], False)


def write(paragraph: Any, text: str, size: float, color: str, strong: bool) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), strong
    run.font.color.rgb = RGBColor.from_string(color[1:])


def runs(deck: Deck, paragraph: Any, text: str, size: float, color: str = "") -> None:
    """Text with its **strong** parts."""
    for i, part in enumerate(re.split(r"\*\*(.+?)\*\*", text)):
        if part:
            write(paragraph, part, size, color or deck.theme.text, i % 2 == 1)


def lines(text: str, size: float, room: float = ROOM.pt) -> int:
    """How many lines a text takes."""
    return max(1, ceil(wide(text.replace("**", "")) * size * SIGN / room))


def wide(text: str) -> float:
    """In signs of Latin type."""
    return sum(1.9 if ord(sign) > 0x2E7F else 1.0 for sign in text)


def bare(shape: Any, color: str, line: str = "") -> None:
    """A shape of one colour, without the shadow and border that the package's template gives."""
    shape._element.remove(shape._element.find(qn("p:style")))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(color[1:])
    if line:
        shape.line.color.rgb = RGBColor.from_string(line[1:])
        shape.line.width = Pt(0.75)
    else:
        shape.line.fill.background()
