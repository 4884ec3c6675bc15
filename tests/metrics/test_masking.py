"""Quotations say nothing of who wrote them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.masking import HIDDEN, mask


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Write to a.tan+shop@mail.example.sg please", f"Write to {HIDDEN} please"),
        ("Call 9123 4567 or +65-9123-4567", f"Call {HIDDEN} or {HIDDEN}"),
        ("电话13812345678，谢谢", f"电话{HIDDEN}，谢谢"),
        ("一三八零零一二三四五六找我", f"{HIDDEN}找我"),
        ("Order O2507-14389-2 never came", f"Order {HIDDEN} never came"),
        ("order no. 88 is late", f"order no. {HIDDEN} is late"),
        ("订单号：A88，没收到", f"订单号：{HIDDEN}，没收到"),
        ("Tracking SF1029384756CN is stuck", f"Tracking {HIDDEN} is stuck"),
        ("See https://shop.example/x?id=3 now", f"See {HIDDEN} now"),
        ("Mr. Tan Wei was rude", f"Mr. {HIDDEN} was rude"),
        ("Dear Alice, thanks", f"Dear {HIDDEN}, thanks"),
        ("张先生和李女士都很好", f"{HIDDEN}先生和{HIDDEN}女士都很好"),
        ("王小明先生和快递师傅", f"{HIDDEN}先生和快递师傅"),
        ("发邮件到a.b@c.sg吧", f"发邮件到{HIDDEN}吧"),
        ("我叫王小明，要退货", f"我叫{HIDDEN}，要退货"),
        ("加我微信 wx_88abc", f"加我微信 {HIDDEN}"),
        ("grace lim says: GRACE is happy", f"{HIDDEN} says: {HIDDEN} is happy"),
        ("Broke after 2 weeks, cost 1,299 in 2026.", "Broke after 2 weeks, cost 1,299 in 2026."),
        ("用了3天就坏了，尺码是42", "用了3天就坏了，尺码是42"),
    ],
)
def test_what_identifies_is_masked_and_the_rest_stays(said, told):
    assert mask(said, ["Grace Lim"]) == told


pieces = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(["a@b.c", "@", "＠", "138", "1381234", " ", "-", "Mr Tan", "٣٤٥٦٧٨"]),
    ),
    max_size=12,
)


@given(pieces)
def test_no_address_and_no_long_number_survives(parts):
    found = mask("".join(parts))
    assert "@" not in found and "＠" not in found
    assert not re.search(r"\d{6}", found)
    assert not re.search(r"\d(?:[ -]?\d){5}", found)


@given(st.text(alphabet="abc de,.很好", max_size=40))
def test_words_alone_are_left_as_they_are(text):
    assert mask(text) == " ".join(text.split())
