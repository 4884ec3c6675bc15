"""Every sentence that people read is in zh.toml, and zh.toml has no other."""

from __future__ import annotations

import re
import tomllib

import pytest

import language
from language import Untranslated, listing, name, say, together
from language.reasons import tell
from metrics.reason import Reason
from tests.language.sentences import ROOT, declared, fstrings, raised, shape, spoken

PLACE = re.compile(r"\{(\w+)\}")


def everything() -> dict[str, str]:
    return {sentence: place for found in (spoken(), declared(), raised()) for sentence, place in found}


def test_every_sentence_is_translated():
    known = {shape(sentence) for sentence in language.sentences()}
    missing = {text: place for text, place in everything().items() if shape(text) not in known}
    assert not missing, f"add to language/zh.toml: {missing}"


def test_no_translation_is_unused():
    used = {shape(sentence) for sentence in everything()}
    unused = [sentence for sentence in language.sentences() if shape(sentence) not in used]
    assert not unused, f"take out of language/zh.toml: {unused}"


def test_no_sentence_is_filled_before_it_is_looked_up():
    assert fstrings() == []


def test_no_sentence_stands_in_two_sections():
    sections = tomllib.loads((ROOT / "language" / "zh.toml").read_text("utf-8"))
    keys = [key for section, pairs in sections.items() if section != "values" for key in pairs]
    assert len(keys) == len(set(keys))


def test_translations_keep_every_place_and_all_stress():
    for text, translation in language.sentences().items():
        assert set(PLACE.findall(translation)) == set(PLACE.findall(text)), text
        assert translation.count("**") == text.count("**"), text


def test_translations_are_chinese():
    for text, translation in language.sentences().items():
        if re.search("[a-zA-Z]{2}", PLACE.sub("", text)):
            assert re.search(r"[\u4e00-\u9fff]", translation), (text, translation)


def test_chinese_has_only_characters_of_the_font_we_ship():
    spoken_text = "".join([*language.sentences().values(), *language.values().values()])
    strange = {sign for sign in spoken_text if not sign.isascii() and not _in_gb2312(sign)}
    assert strange <= set("−–·"), strange  # these are in Inter


def _in_gb2312(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_say_fills_places_in_both_languages():
    assert say("{n} times", "en", n=3) == "3 times"
    assert say("{n} times", "zh", n=3) == "3倍"


def test_a_missing_sentence_fails_here_and_stays_english_elsewhere(monkeypatch):
    with pytest.raises(Untranslated, match="Nobody wrote this"):
        say("Nobody wrote this", "zh")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    assert say("Nobody wrote this", "zh") == "Nobody wrote this"


def test_a_sentence_filled_elsewhere_is_recognised():
    assert say(
        "There is no time zone Mars/Base. Give one as Europe/Berlin or Asia/Shanghai.", "zh"
    ).startswith("没有时区 Mars/Base。")


def test_reasons_are_told_with_their_facts():
    reason = Reason("needs the table {table}: import it", table="shipments")
    assert tell(reason, "en") == "needs the table shipments: import it"
    assert tell(reason, "zh") == "需要数据表 shipments：请导入"
    reason = Reason("{measure} is not recorded by {dimension}", measure="sessions", dimension="category")
    assert tell(reason, "zh") == "会话没有按品类记录"


def test_names_of_data_are_translated_where_known():
    assert [name(value, "zh") for value in ("organic_search", "Organic search", "Shop 7", None)] == [
        "自然搜索",
        "自然搜索",
        "Shop 7",
        "未记录",
    ]
    assert name("Organic search", "en") == "Organic search"
    assert name("United Kingdom", "zh") == "英国"


def test_lists_and_sentences_are_joined_as_each_language_does():
    assert listing(["a", "b", "c"], "en") == "a, b and c"
    assert listing(["a", "b", "c"], "zh") == "a、b和c"
    assert together(["One.", "", "Two."], "en") == "One. Two."
    assert together(["一。", "二。"], "zh") == "一。二。"


def test_errors_with_places_that_have_no_name_are_said():
    told = language.say("The report board is of no single promotion: leave out --promotion.", "zh")
    assert told == "报告 board 不针对单个促销：请去掉 --promotion。"
    told = language.say("There is no improvement X. Known: a, b.", "zh")
    assert told == "没有改进 X。已有：a, b。"
