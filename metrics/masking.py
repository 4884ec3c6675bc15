"""Takes out of a text what could tell who wrote it, so that it can be quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence

LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|sg|hk|tw|my|io)\b\S*", re.I
)
MAIL = re.compile(r"[A-Za-z0-9._%+-]*[@＠][A-Za-z0-9._-]*")
HANDLE = re.compile(
    r"((?:we\s?chat|whats\s?app|telegram|微信|薇信|QQ|line id|支付宝)(?:\s?(?:id|号|is|是))?\s*[:：]?\s*)"
    r"(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{4,}",
    re.I,
)
CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{5,}"
)
DIGITS = re.compile(r"[+(]?\d(?:[\s()./_·\-–—]{0,2}\d){4,}")
SPOKEN = re.compile(r"[〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{6,}")
ORDER = re.compile(
    r"((?:order|parcel|tracking|订单号?|单号|运单)\s*(?:no\.?|number|id|是)?\s*[:：#]?\s*)[#A-Za-z]*\d[\w-]*",
    re.I,
)
NAME = r"[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*)?"
NO_NAME = r"(?!(?:You|The|For|All|So|Very|Not|Happy)\b)"
TITLE = re.compile(
    rf"\b((?:Mr|Mrs|Ms|Miss|Mdm|Madam|Dr|Sir|Mister)\.?|(?:Dear|Hi|Hello|Thanks|Thank you|Regards|Yours"
    r"|Sincerely|Cheers),?|[Mm]y name is|[Tt]his is|I am|I'm|[Cc]alled|[Aa]gent|[Ss]taff named)"
    rf"\s+{NO_NAME}{NAME}"
)
# The hundred and a few commonest family names (Ministry of Public Security 2020), then a title.
FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎"
)
CHINESE_TITLE = re.compile(
    rf"[{FAMILY}][\u4e00-\u9fff]{{0,2}}?(?=先生|女士|小姐|太太|老师|师傅|经理|医生)|"
    r"[\u4e00-\u9fff](?=先生|女士|小姐|太太)"
)
CHINESE_NAME = re.compile(
    r"(我叫|我是|名叫|姓名[:：]?|联系人[:：]?)[\u4e00-\u9fff]{2,3}(?=[，。,.！!；;\s]|$)"
)
HIDDEN = "•••"


def mask(text: str, names: Sequence[str] = ()) -> str:
    """The text with HIDDEN in place of addresses, numbers and names, its spaces made single.

    names: those that are known, as of the customer who wrote; each whole and each of its parts. What is
    taken out: links, e-mail addresses, names after WeChat and the like, order numbers, words of letters and
    digits, runs of five and more digits however they are parted, six and more Chinese digits, names after a
    salutation or before 先生, 女士 …. A name that nobody can know for one stays.
    """
    found = " ".join(text.split())
    for pattern in (MAIL, LINK):
        found = pattern.sub(HIDDEN, found)
    for pattern in (HANDLE, ORDER):
        found = pattern.sub(rf"\1{HIDDEN}", found)
    for pattern in (CODE, DIGITS, SPOKEN, CHINESE_TITLE):
        found = pattern.sub(HIDDEN, found)
    found = TITLE.sub(rf"\1 {HIDDEN}", found)
    found = CHINESE_NAME.sub(rf"\1{HIDDEN}", found)
    for name in sorted(_parts(names), key=len, reverse=True):
        edge = r"\b" if name.isascii() else ""
        found = re.sub(f"{edge}{re.escape(name)}{edge}", HIDDEN, found, flags=re.I)
    return found


def _parts(names: Sequence[str]) -> set[str]:
    """Names and their parts of three letters and more, of two Chinese ones."""
    every = {part for name in names if name for part in (name.strip(), *name.split())}
    return {part for part in every if len(part) >= (3 if part.isascii() else 2)}
