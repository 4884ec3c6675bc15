"""What stands in a finished report: its text as a reader sees it, and the claims embedded in it."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from metrics.metric import BadQuestion

NAME = "plumbline-claims.json"
SPACE = "urn:plumbline:claims"
PART = "customXml/plumbline.xml"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
MAIN = {"pptx": "ppt/_rels/presentation.xml.rels", "xlsx": "xl/_rels/workbook.xml.rels"}
SCRIPT = '<script type="application/json" id="plumbline-claims">'


@dataclass(frozen=True)
class Printed:
    """text: without spaces, since formats break lines differently. cells: numbers of a workbook's cells."""

    text: str
    cells: Counter[str]


def printed(file: bytes, kind: str) -> Printed:
    """What a reader sees. kind: pdf, pptx, xlsx or html."""
    cells: Counter[str] = Counter()
    if kind == "pdf":
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    elif kind == "html":
        visible = re.sub(r"<(script|style).*?</\1>", " ", file.decode(), flags=re.S)
        text = html.unescape(re.sub(r"<[^>]+>", "", visible))
    else:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            names = sorted(parts.namelist())
            if kind == "pptx":
                read = [name for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
                pattern = r"<a:t>([^<]*)</a:t>"
            else:
                read, pattern = ["xl/sharedStrings.xml"], r"<t[^>]*>([^<]*)</t>"
                for name in names:
                    if name.startswith("xl/worksheets/sheet"):
                        found = re.findall(r'<c [^>]*?(?<!t="s")><v>([^<]+)</v>', parts.read(name).decode())
                        cells.update(figure(float(value)) for value in found)
            text = "".join(
                html.unescape(t)
                for name in read
                if name in names
                for t in re.findall(pattern, parts.read(name).decode())
            )
    return Printed(re.sub(r"\s", "", text), cells)


def figure(value: float) -> str:
    """A cell's number, to the digits that a workbook keeps."""
    return f"{value:.12g}"


def embed(file: bytes, kind: str, record: dict[str, Any]) -> bytes:
    """The file with the claims in it: an attachment, a custom part, or a script tag."""
    told = json.dumps(record, ensure_ascii=False)
    if kind == "pdf":
        writer = PdfWriter(clone_from=io.BytesIO(file))
        writer.add_attachment(NAME, told.encode())
        made = io.BytesIO()
        writer.write(made)
        return made.getvalue()
    if kind == "html":
        tag = SCRIPT + told.replace("</", "<\\/") + "</script></body>"
        return tag.join(file.decode().rsplit("</body>", 1)).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == MAIN[kind]:
                tie = f'<Relationship Id="rIdPlumbline" Type="{KIND}" Target="../{PART}"/></Relationships>'
                data = data.replace(b"</Relationships>", tie.encode())
            new.writestr(old.getinfo(name), data, zipfile.ZIP_DEFLATED)
        part = f'<?xml version="1.0" encoding="UTF-8"?><claims xmlns="{SPACE}">{html.escape(told)}</claims>'
        new.writestr(PART, part)
    return made.getvalue()


def embedded(path: Path) -> tuple[bytes, str, dict[str, Any]]:
    """A report file, its kind and its claims. Raises BadQuestion where there is none of ours."""
    kind = path.suffix.lower().removeprefix(".")
    if not path.is_file():
        raise BadQuestion(f"There is no file {path}.")
    file = path.read_bytes()
    try:
        told = _claims(file, kind)
    except (ValueError, KeyError, IndexError, zipfile.BadZipFile, OSError, PyPdfError):
        told = None
    if told is None:
        raise BadQuestion(
            f"{path} has no claims in it: verify takes a PDF, PPTX, XLSX or HTML report of Plumbline."
        )
    return file, kind, told


def _claims(file: bytes, kind: str) -> dict[str, Any] | None:
    if kind == "pdf":
        return json.loads(PdfReader(io.BytesIO(file)).attachments[NAME][0])
    if kind == "html":
        return json.loads(file.decode().split(SCRIPT, 1)[1].split("</script>", 1)[0])
    if kind in MAIN:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            found = re.search(r"<claims[^>]*>(.*)</claims>", parts.read(PART).decode(), re.S)
        return json.loads(html.unescape(found[1])) if found else None
    return None
