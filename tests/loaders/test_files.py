"""Files as people really send them: every kind, every encoding, and what is broken in them."""

import gzip
import json
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from loaders import files, lines
from loaders.loader import BadInput
from tests.loaders.reading import LINES, ORDERS, opened, problems, put, read

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).map(str.strip)


def rows(path, **options):
    """Rows, lines and broken rows of the only table in a file."""
    (table,) = files.open_file(path, path.name, options)
    parts = list(table.batches())
    frame = pl.concat([part.frame for part in parts]) if parts else pl.DataFrame()
    return (
        [list(row) for row in frame.rows()],
        [number for part in parts for number in part.lines],
        {line: problem for part in parts for line, problem, _ in part.broken},
    )


@given(
    st.lists(st.tuples(words, words, words).filter(any), min_size=1, max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_a_table_written_in_any_style_is_read_back(tmp_path_factory, table, mark, encoding, end, quoted):
    path = tmp_path_factory.mktemp("csv") / "any.csv"

    def cell(text: str) -> str:
        needed = quoted or any(letter in text for letter in f'{mark}"')
        return '"' + text.replace('"', '""') + '"' if needed else text

    content = end.join(mark.join(map(cell, row)) for row in [("a", "b", "c"), *table]) + end
    path.write_bytes(content.encode(encoding))
    found, numbers, broken = rows(path, separator=mark, encoding=encoding.removesuffix("-sig"))
    assert [[one or "" for one in row] for row in found] == [list(row) for row in table]
    assert numbers == list(range(2, len(table) + 2))
    assert broken == {}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,town\nMüller,Köln\nGruß,Überlingen\n", "cp1252"),
        ("编号,名称\n1,苹果手机\n2,红色连衣裙\n", "gb18030"),
        ("名称,town\n苹果,北京\n", "utf-8"),
        ("name,town\nMüller,Köln\n", "utf-16"),
        ("name,town\nMuller,Koln\n", "utf-16-le"),
    ],
)
def test_the_encoding_is_found(tmp_path, content, encoding):
    path = put(tmp_path, {"a.csv": content.encode(encoding)}) / "a.csv"
    (table,) = files.open_file(path, "a.csv", {})
    expected = [line.split(",") for line in content.splitlines()]
    assert table.columns == expected[0]
    assert [list(row) for row in next(table.batches()).frame.rows()] == expected[1:]
    assert bool(table.note) == (encoding != "utf-8")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path, mark):
    text = "\n".join(mark.join(row) for row in (["id", "text"], ["1", '"a, b; c"'], ["2", "d"]))
    path = put(tmp_path, {"a.csv": text}) / "a.csv"
    assert rows(path)[0] == [["1", "a, b; c"], ["2", "d"]]


def test_lines_are_counted_over_quoted_line_ends_and_blank_lines(tmp_path):
    path = put(tmp_path, {"a.csv": 'a,b\n1,"x\ny"\n2,z\n\n3,w\n'}) / "a.csv"
    assert rows(path) == ([["1", "x\ny"], ["2", "z"], ["3", "w"]], [2, 4, 6], {})


def test_good_rows_load_beside_ragged_and_undecodable_ones(tmp_path):
    content = "a,b\n1,é\n2\n3,c,d\n4,e,\n5,ok\n".encode() + b"6,\xe9\n7,f\n"
    path = put(tmp_path, {"a.csv": content}) / "a.csv"
    found, numbers, broken = rows(path)
    assert found == [["1", "é"], ["4", "e"], ["5", "ok"], ["7", "f"]]
    assert numbers == [2, 5, 6, 8]
    assert broken == {
        3: "1 fields where the header has 2",
        4: "3 fields where the header has 2",
        7: "not readable as utf-8",
    }


def test_a_stray_quote_costs_one_line(tmp_path):
    path = put(tmp_path, {"a.csv": 'a,b\n1,"oops\n2,x\n3,5" pipe\n4,y\n'}) / "a.csv"
    found, _, broken = rows(path)
    assert [row[0] for row in found] == ["2", "3", "4"]
    assert broken == {2: "a quote opens and does not close"}


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_of_50_mb_is_one_problem_and_takes_little_memory(tmp_path, quote):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1," + quote.encode() + b"x" * 50_000_000 + quote.encode() + b"\n2,3\n")
    tracemalloc.start()
    found, numbers, broken = rows(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, numbers) == ([["2", "3"]], [3])
    assert broken == {2: "a line longer than 16 MB"}
    assert peak < 80_000_000


def test_blocks_end_with_a_record(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "BLOCK", 64)
    content = "a,b\n" + "".join(f'{n},"x,\n{"y" * (n % 7)}"\n' for n in range(200))
    path = put(tmp_path, {"a.csv": content}) / "a.csv"
    found, numbers, broken = rows(path)
    assert [row[0] for row in found] == [str(n) for n in range(200)]
    assert numbers == list(range(2, 402, 2))
    assert broken == {}


def test_packed_files_read_as_the_plain_ones(tmp_path):
    json_lines = "\n".join(json.dumps({"a": n, "b": {"c": str(n)}}) for n in range(3))
    put(tmp_path, {"a.csv": ORDERS, "b.csv.gz": gzip.compress(ORDERS.encode())})
    put(tmp_path, {"c.jsonl": json_lines, "d.jsonl.gz": gzip.compress(json_lines.encode())})
    assert rows(tmp_path / "a.csv") == rows(tmp_path / "b.csv.gz")
    assert rows(tmp_path / "c.jsonl") == rows(tmp_path / "d.jsonl.gz")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"a,b\n" * 9999)[:-20])
    with pytest.raises(BadInput, match="damaged gzip"):
        rows(tmp_path / "cut.csv.gz")


def test_json_lines_with_bad_lines(tmp_path):
    content = '{"a": 1, "b": "x"}\nnonsense\n\n{"a": NaN}\n[1]\n{"a": {"c": 2}}\n{"b": "y"}\n'
    found, numbers, broken = rows(put(tmp_path, {"a.jsonl": content}) / "a.jsonl")
    assert [row[0] for row in found] == ["1", '{"c": 2}', None]
    assert numbers == [1, 6, 7]
    assert set(broken) == {2, 4, 5}
    assert "NaN is not a number" in broken[4]


def test_parquet_and_excel_give_the_same_rows(tmp_path):
    moment = datetime(2024, 1, 5, 10)
    frame = pl.DataFrame({"order_id": ["1", "2"], "ordered_at": [moment, moment], "shipping_fee": [1.5, 2.0]})
    put(tmp_path / "p", {"order_lines.csv": LINES})
    put(tmp_path / "x", {"order_lines.csv": LINES})
    frame.write_parquet(tmp_path / "p" / "orders.parquet")
    with xlsxwriter.Workbook(tmp_path / "x" / "shop.xlsx") as book:
        book.add_worksheet("notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("orders")
        sheet.write_row(0, 0, frame.columns)
        for row, (number, _, fee) in enumerate(frame.rows(), 1):
            sheet.write(row, 0, int(number))
            sheet.write_datetime(row, 1, moment, book.add_format({"num_format": "d/m/yy h:mm"}))
            sheet.write(row, 2, fee)
    parquet = read(opened(tmp_path / "p"))["orders"]
    excel = read(opened(tmp_path / "x"))["orders"]
    assert parquet.drop("_line").equals(excel.drop("_line"))
    assert parquet["ordered_at"].to_list() == [moment.replace(tzinfo=UTC)] * 2
    assert (parquet["_line"].to_list(), excel["_line"].to_list()) == ([1, 2], [2, 3])
    with pytest.raises(BadInput, match=r"no sheet 'order'\. It has: notes, orders"):
        opened(tmp_path / "x" / "shop.xlsx", sheet="order")


def test_a_truncated_parquet(tmp_path):
    whole = tmp_path / "whole.parquet"
    pl.DataFrame({"a": range(1000)}).write_parquet(whole)
    (tmp_path / "orders.parquet").write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(BadInput, match=r"orders.parquet is no whole Parquet file .* Was it cut short"):
        opened(tmp_path / "orders.parquet")


def test_a_zip_bomb_is_refused_unopened(tmp_path):
    bomb = tmp_path / "orders.xlsx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(150):
            part.write(b"0" * (1 << 20))
    with pytest.raises(BadInput, match=r"orders.xlsx is refused: [\d,]+ bytes that unpack to 157,286,400"):
        opened(bomb)
    with pytest.raises(BadInput, match="is no whole Excel file"):
        opened(put(tmp_path, {"b.xlsx": b"PK\x03\x04 not a workbook"}) / "b.xlsx")


def test_nan_and_infinity_are_problems(tmp_path):
    content = "order_id,product_id,units,unit_price\n1,P,1,NaN\n2,P,inf,3\n3,P,1,2.5\n4,P,1.5,2\n"
    found = read(opened(put(tmp_path, {"order_lines.csv": content})))["order_lines"]
    assert problems(found) == {
        2: 'unit_price: not a number: "NaN"',
        3: 'units: not a number: "inf"',
        5: 'units: not a whole number: "1.5"',
    }
    pl.DataFrame(
        {"order_id": ["1"], "product_id": ["P"], "units": [1], "unit_price": [float("inf")]}
    ).write_parquet(tmp_path / "order_lines.parquet")
    found = read(opened(tmp_path / "order_lines.parquet"))["order_lines"]
    assert problems(found) == {1: 'unit_price: not a number: "inf"'}


@given(
    st.sampled_from(["csv", "tsv", "jsonl", "parquet", "xlsx", "csv.gz"]),
    st.sampled_from(
        [b"", b"order_id,ordered_at\n", b'{"order_id": 1, "ordered_at": 2}\n', b"\xff\xfe", b"sep=;\n"]
    ),
    st.binary(max_size=300) | st.text('a1,;"\n\r\té\0', max_size=60).map(str.encode),
)
def test_rubbish_is_bad_input_or_bad_rows(tmp_path_factory, kind, start, rubbish):
    path = tmp_path_factory.mktemp("any") / f"orders.{kind}"
    path.write_bytes(start + rubbish)
    try:
        found = read(opened(path, date_order="dmy"))
    except BadInput as error:
        assert len(str(error)) > 20
    else:
        assert set(found) <= {"orders"}


@given(st.lists(st.text('ab,"é;', max_size=8), max_size=12))
def test_every_line_is_accounted_for_once(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("any") / "orders.csv"
    path.write_text("\n".join(["a,b", *written, '9,"', ""]), "utf-8")
    _, numbers, broken = rows(path)
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & set(broken)
    plain = {line for line, text in enumerate(written, 2) if text and '"' not in text}
    swallowed = {line for line in plain if line not in numbers and line not in broken}
    assert not swallowed or any(text.count('"') for text in written)


@pytest.mark.parametrize("column", ["customer_id", "shipping_fee", "cancelled_at"])
@pytest.mark.parametrize(
    "values",
    [
        pl.Series([timedelta(1), None]),
        pl.Series([b"\xff\xfe", b"a"]),
        pl.Series([[1, 2], []]),
        pl.Series([{"a": 1}, {"a": None}]),
        pl.Series([None, None]),
        pl.Series(["a", "b"], dtype=pl.Categorical),
        pl.Series([Decimal("1.50"), None]),
        pl.Series([time(1, 2), None]),
        pl.Series([1.5, float("nan")], dtype=pl.Float32),
    ],
)
def test_columns_of_any_type(tmp_path, column, values):
    frame = pl.DataFrame({"order_id": [1, 2], "ordered_at": [date(2024, 1, 1)] * 2, column: values})
    frame.write_parquet(tmp_path / "orders.parquet")
    found = read(opened(tmp_path))["orders"]
    assert found.height == 2
    assert found["order_id"].to_list() == ["1", "2"]


def test_all_kinds_are_known():
    assert {"csv", "tsv", "jsonl", "parquet", "xlsx"} <= set(files.OPENERS)
