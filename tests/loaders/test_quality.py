"""Each check of the data-quality report finds what it is for, and nothing in a clean shop."""

from datetime import timedelta

import pytest

from loaders.quality import check, examine
from loaders.store import Store
from tests.loaders.shop import at, import_, line, order, source

CLEAN = {
    "products": [{"product_id": f"P{number}"} for number in range(3)],
    "orders": [
        order(f"O{number}", f"2026-05-{1 + number // 2:02d}T0{number % 2}:00") for number in range(60)
    ],
    "order_lines": [line(f"O{number}", f"P{number % 3}") for number in range(60)],
}


def found(tmp_path, **more) -> dict[tuple[str, str], tuple[int, str]]:
    content = {table: [*rows, *more.pop(table, [])] for table, rows in CLEAN.items()}
    import_(tmp_path, source("shop", {**content, **more}))
    there = Store(tmp_path)
    kept = check(there)
    assert kept == examine(there)
    return {(each.table, each.rule): (each.count, str(each)) for each in kept}


def test_a_clean_shop_has_no_findings(tmp_path):
    assert found(tmp_path) == {}


@pytest.mark.parametrize(
    ("more", "where", "count", "detail"),
    [
        ({"order_lines": [line("O1", "P1", units=-2)]}, ("order_lines", "min"), 1, "in quarantine"),
        ({"order_lines": [line("O1", "P1")]}, ("order_lines", "duplicate"), 1, "counted once"),
        ({"order_lines": [line("O99", "P1")]}, ("order_lines", "no_order"), 1, "until their order comes"),
        ({"order_lines": [line("O1", "P9")]}, ("order_lines", "orphan"), 1, "product_id P9 is not in products"),
        ({"order_lines": [line("O1", "P1", price=1000)]}, ("order_lines", "slip"), 1, "product P1 at 1000"),
        ({"order_lines": [line("O1", "P2", discount=11.0)]}, ("order_lines", "discount"), 1, "above the price"),
        ({"orders": [order("O60", "2026-06-03")]}, ("orders", "gap"), 3, "first on 2026-05-31"),
        (
            {"shipments": [{"shipment_id": "S", "order_id": "O1", "shipped_at": at("2026-05-03"),
                            "delivered_at": at("2026-05-02")}]},
            ("shipments", "sequence"), 1, "delivered_at lies before shipped_at",
        ),
        (
            {"returns": [{"return_id": "R", "order_id": "O1", "product_id": "P1", "units": 5,
                          "returned_at": at("2026-05-20"), "refund_value": 5.0}]},
            ("returns", "too_many"), 1, "more units sent back",
        ),
    ],
)  # fmt: skip
def test_a_finding(tmp_path, more, where, count, detail):
    if where[1] == "duplicate":
        more = {"order_lines": [CLEAN["order_lines"][1]]}
    seen = found(tmp_path, **more)
    assert where in seen, seen
    assert seen[where][0] == count and detail in seen[where][1]


def test_a_day_far_below_the_usual(tmp_path):
    start = at("2026-04-01")
    rows = [
        order(f"X{day}-{place}", (start + timedelta(days=day, minutes=place)).isoformat()[:19])
        for day in range(30)
        for place in range(3 if day == 20 else 40)
    ]
    import_(tmp_path, source("shop", {"orders": rows, "order_lines": [line(rows[0]["order_id"])]}))
    seen = {(each.table, each.rule): str(each) for each in check(Store(tmp_path))}
    assert seen["orders", "drop"] == "first on 2026-04-21"
