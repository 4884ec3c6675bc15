"""What a table's download holds."""

from datetime import UTC, datetime
from io import BytesIO

import polars as pl
from openpyxl import load_workbook

from ui import grid

FRAME = pl.DataFrame(
    {
        "name": ["=1+1", "@sum", "plain", None, "-5"],
        "value": [-1.5, 2.0, None, 4.0, 5.0],
        "trend": [[1.0]] * 5,
        "at": [datetime(2026, 1, 1, 12, tzinfo=UTC)] * 5,
    }
)


def test_text_that_a_spreadsheet_would_run_is_marked():
    flat = grid._flat(FRAME)
    assert flat["name"].to_list() == ["'=1+1", "'@sum", "plain", None, "'-5"]
    assert flat["value"].to_list() == FRAME["value"].to_list()
    assert "trend" not in flat.columns


def test_a_workbook_holds_numbers_and_times():
    sheet = load_workbook(BytesIO(grid._workbook(FRAME, "rows"))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("name", "value", "at")
    assert rows[1] == ("'=1+1", -1.5, datetime(2026, 1, 1, 12))
