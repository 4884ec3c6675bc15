"""Words in the reader's language. The code says everything in English; zh.toml has the Chinese.

A sentence is marked for translation in one of three ways, and tests/language/ finds all of them:

- it is the first argument of `say(…)`;
- it is the argument of `phrase(…)`, where it is kept now and said later;
- it is declared data: label, meaning and formula of a metric, meanings of tables and columns, and what
  metrics and loaders give as a reason or raise as an error (they import nothing, so they cannot say it).
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import lru_cache
from itertools import count
from pathlib import Path

from babel import Locale
from babel.lists import format_list

LANGUAGES = {"en": "English", "zh": "简体中文"}
LOCALES = {"en": "en_US", "zh": "zh_Hans_CN"}


class Untranslated(LookupError):
    """A sentence that zh.toml lacks. Raised in tests only; a reader sees the English."""


def say(text: str, lang: str, **values: object) -> str:
    """The sentence in `lang`, with its {placeholders} filled. Values come ready to read (see numbers)."""
    if lang != "en":
        text = _translated(text)
    return text.format(**values) if values else text


def phrase(text: str) -> str:
    """Marks a sentence that is said later."""
    return text


def name(value: str | None, lang: str) -> str:
    """A value of the data, such as a channel: translated where it is a common word, else as written."""
    if value is None:
        return say("not recorded", lang)
    if lang == "en":
        return value
    word = value.lower().replace("_", " ")
    return values().get(word) or _territories().get(word, value)


def inside(label: str, lang: str) -> str:
    """A label inside a sentence: "net revenue", but "NPS"."""
    return label[:1].lower() + label[1:] if lang == "en" and label[1:2].islower() else label


def listing(items: list[str], lang: str) -> str:
    """ "a, b and c" or 「a、b和c」."""
    return format_list(items, locale="en_GB" if lang == "en" else LOCALES[lang])


def together(parts: list[str], lang: str) -> str:
    """Sentences one after the other."""
    return ("" if lang == "zh" else " ").join(part for part in parts if part)


@lru_cache(maxsize=1)
def sentences() -> dict[str, str]:
    """English sentence → Chinese, from all sections of zh.toml but [values]."""
    return {
        key: text for section, pairs in _file().items() if section != "values" for key, text in pairs.items()
    }


@lru_cache(maxsize=1)
def values() -> dict[str, str]:
    """Common words of data, in lower case → Chinese."""
    return _file()["values"]


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    """English names of countries, in lower case → Chinese."""
    chinese = Locale.parse(LOCALES["zh"]).territories
    english = Locale.parse("en").territories
    return {told.lower(): chinese[code] for code, told in english.items() if code in chinese}


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "zh.toml").read_text("utf-8"))


def _translated(text: str) -> str:
    known = sentences()
    if text in known:
        return known[text]
    filled = _filled(text)
    if filled is None and "PYTEST_CURRENT_TEST" in os.environ:
        raise Untranslated(f"zh.toml has no sentence {text!r}")
    return text if filled is None else filled


@lru_cache(maxsize=1024)
def _filled(text: str) -> str | None:
    """The translation of a sentence whose placeholders were filled where nothing could be said."""
    for pattern, translation in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return translation.format(
                **{key: sentences().get(part, part) for key, part in found.groupdict().items()}
            )
    return None


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Sentences with placeholders as patterns, those with the most words of their own first."""
    found = []
    for text, translation in (map(_numbered, each) for each in sentences().items()):
        parts = re.split(r"\{(\w+)\}", text)
        if len(parts) > 1:
            seen: set[str] = set()
            pattern = ""
            for i, part in enumerate(parts):
                if i % 2 == 0:
                    pattern += re.escape(part)
                else:
                    pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
                    seen.add(part)
            found.append((sum(map(len, parts[::2])), re.compile(pattern, re.DOTALL), translation))
    return [(pattern, translation) for _, pattern, translation in sorted(found, key=lambda each: -each[0])]


def _numbered(text: str) -> str:
    """Places without a name are named by their order."""
    places = count()
    return re.sub(r"\{\}", lambda _: f"{{place_{next(places)}}}", text)
