"""Fonts inside an HTML file: cut to the characters that it has, so that it needs none from elsewhere."""

from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO

from fontTools import subset
from fontTools.ttLib import TTFont

from reports.picture import FONTS


def fonts(text: str) -> str:
    """The fonts with the characters of the text alone."""
    written = set(map(ord, text)) | {ord(match) for match in _unescaped(text)}
    made = []
    for family, name in (("Inter", "inter"), ("Noto Sans SC", "noto-sans-sc")):
        if name != "inter" and max(written) < 0x2E80:
            continue
        for weight in (400, 600):
            with TTFont(FONTS / f"{name}-{weight}.ttf", lazy=True, recalcTimestamp=False) as font:
                options = subset.Options(layout_features=["kern", "tnum"], hinting=False, name_IDs=[])
                cut = subset.Subsetter(options)
                cut.populate(unicodes=written)
                cut.subset(font)
                font.flavor = "woff"
                file = BytesIO()
                font.save(file)
            data = b64encode(file.getvalue()).decode()
            made.append(
                f"@font-face{{font-family:'{family}';font-weight:{weight};src:url(data:font/woff;base64,{data})}}"
            )
    return "".join(made)


def _unescaped(text: str) -> str:
    r"""Characters that JSON writes as \uXXXX."""
    return "".join(chr(int(code, 16)) for code in re.findall(r"\\u([0-9a-f]{4})", text))
