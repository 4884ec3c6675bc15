"""Scheduled reports: due by the shop's clock, sent once, whatever happens in between."""

from __future__ import annotations

import email
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from pypdf import PdfReader

from cli import main
from commands.report import compared
from metrics.metric import BadQuestion
from reports import send
from reports.deliver import deliver
from reports.ledger import Busy, Ledger
from reports.schedule import Planned, read
from stories.runs import runs

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)  # a Monday


class Inbox:
    """A mail server's handler that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.messages: list = []
        self.refuses = False
        self.port = 0

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return "451 come back later"
        self.messages.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def inbox():
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def store(shop, tmp_path):
    path = tmp_path / "store"
    shutil.copytree(shop.store.path, path)
    return path


def schedule(tmp_path: Path, port: int = 0, **facts) -> Path:
    entry = {
        "id": "weekly",
        "name": "overview",
        "calendar": "weekly monday 07:00",
        "formats": ["pdf"],
    } | facts
    entry.setdefault("to", [{"kind": "mail", "recipients": ["a@example.org", "b@example.org"]}])
    lines = [f'smtp = {{ host = "127.0.0.1", port = {port} }}', "[[report]]"]
    lines += [f"{name} = {toml(value)}" for name, value in entry.items()]
    path = tmp_path / "schedule.toml"
    path.write_text("\n".join(lines))
    return path


def toml(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(each)}" for name, each in value.items()) + " }"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def outcomes(path: Path, store: Path, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(each.step, each.why) for each in deliver(path, str(store), now, compared)]


@pytest.mark.parametrize(
    ("calendar", "zone", "due"),
    [
        ("daily 07:00", "UTC", "2026-06-01T07:00"),
        ("daily 09:00", "UTC", "2026-05-31T09:00"),
        ("daily 09:00", "Asia/Shanghai", "2026-06-01T09:00"),  # it is 16:00 there
        ("weekly monday 07:00", "UTC", "2026-06-01T07:00"),
        ("weekly tuesday 07:00", "UTC", "2026-05-26T07:00"),
        ("monthly 31 07:00", "UTC", "2026-05-31T07:00"),
        ("monthly 30 07:00", "America/New_York", "2026-05-30T07:00"),
    ],
)
def test_due_by_the_shops_clock(calendar, zone, due):
    assert f"{Planned('a', 'board', calendar, ()).last_due(NOW, zone):%Y-%m-%dT%H:%M}" == due


def test_the_last_day_of_a_short_month():
    march = datetime(2026, 3, 5, tzinfo=UTC)
    assert (
        Planned("a", "board", "monthly 31 07:00", ()).last_due(march, "UTC").date().isoformat()
        == "2026-02-28"
    )


def test_a_mail_with_the_report(store, tmp_path, inbox):
    path = schedule(tmp_path, inbox.port, formats=["pdf", "xlsx"], language="zh")
    assert outcomes(path, store) == [("fired", "")]
    ((to, message),) = inbox.messages
    assert to == ["a@example.org", "b@example.org"]
    assert message["Subject"].startswith("运营周报 · 2026年5月18日至24日")
    files = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert list(files) == ["overview_2026-05-18_2026-05-24_zh.pdf", "overview_2026-05-18_2026-05-24_zh.xlsx"]
    (tmp_path / "it.pdf").write_bytes(next(iter(files.values())))
    assert "运营周报" in PdfReader(tmp_path / "it.pdf").pages[0].extract_text()


def test_once_and_again_a_week_later(store, tmp_path, inbox):
    path = schedule(tmp_path, inbox.port)
    assert outcomes(path, store) == [("fired", "")]
    assert outcomes(path, store, NOW + timedelta(hours=3)) == []
    assert outcomes(path, store, NOW + timedelta(days=7)) == [("fired", "")]
    assert len(inbox.messages) == 2
    assert len({message["Message-ID"] for _, message in inbox.messages}) == 2


def test_what_is_refused_is_tried_three_times(store, tmp_path, inbox):
    path = schedule(tmp_path, inbox.port)
    inbox.refuses = True
    assert [step for step, _ in outcomes(path, store)] == ["refused"]
    inbox.refuses = False
    assert outcomes(path, store) == [("fired", "")] and len(inbox.messages) == 1
    inbox.refuses = True
    later = NOW + timedelta(days=7)
    assert [outcomes(path, store, later)[0][0] for _ in range(3)] == ["refused", "refused", "failed"]
    assert outcomes(path, store, later) == []


def test_a_server_that_is_not_there_is_a_reason_not_a_trace(store, tmp_path, capsys):
    path = schedule(tmp_path, 9, calendar="daily 00:00")
    assert main(["deliver", "--schedule", str(path), "--store", str(store)]) == 1
    said = capsys.readouterr().out
    assert "refused, to be tried again" in said and "Traceback" not in said


def test_conditions_and_lateness_are_skipped_with_a_reason(store, tmp_path, inbox):
    path = schedule(tmp_path, inbox.port, condition="a target is missed", filters={"channel": ["Email"]})
    assert outcomes(path, store) == [("skipped", "the condition does not hold: a target is missed")]
    path = schedule(tmp_path, inbox.port, id="late", calendar="weekly saturday 07:00")
    assert outcomes(path, store) == [("skipped", "it was due more than a day ago")]
    path = schedule(tmp_path, inbox.port, id="missed", name="board", condition="something needs attention")
    assert outcomes(path, store) == [("fired", "")]
    assert len(inbox.messages) == 1


CRASH = """
import os, sys
from datetime import datetime
from pathlib import Path
from commands.report import compared
from reports import send
from reports.deliver import deliver
real = send.mail
def dying(*arguments):
    {when}
send.mail = dying
list(deliver(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]), compared))
"""


@pytest.mark.parametrize(
    ("when", "arrived"),
    [("real(*arguments); os._exit(9)", 1), ("os._exit(9)", 0)],
    ids=["after it went out", "before it went out"],
)
def test_a_crash_while_sending_never_doubles_a_mail(store, tmp_path, inbox, when, arrived):
    path = schedule(tmp_path, inbox.port)
    command = [sys.executable, "-c", CRASH.format(when=when), str(path), str(store), NOW.isoformat()]
    assert subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 9
    assert len(inbox.messages) == arrived
    ((step, why),) = outcomes(path, store)
    assert step == "failed" and "whether it arrived is not known" in why
    assert outcomes(path, store) == [] and len(inbox.messages) == arrived


def test_a_crash_before_sending_costs_nothing(store, tmp_path, inbox, monkeypatch):
    path = schedule(tmp_path, inbox.port)

    def dies(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("reports.deliver.export", dies)
        with pytest.raises(KeyboardInterrupt):
            outcomes(path, store)
    assert [line["step"] for line in Ledger(store / "reports").lines()] == ["started"]
    assert outcomes(path, store) == [("fired", "")] and len(inbox.messages) == 1


def test_a_line_that_a_crash_cut_is_left_out(store, tmp_path, inbox):
    path, ledger = schedule(tmp_path, inbox.port), Ledger(store / "reports")
    ledger.folder.mkdir()
    ledger.path.write_text('{"run": "weekly@2026-06-')
    assert outcomes(path, store) == [("fired", "")]
    assert [line["step"] for line in ledger.lines()] == ["started", "sending", "sent", "fired"]


def test_two_at_a_time_send_once(store, tmp_path, inbox):
    path = schedule(tmp_path, inbox.port, calendar="daily 00:00")
    command = [sys.executable, "cli.py", "deliver", "--schedule", str(path), "--store", str(store)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert len(inbox.messages) == 1
    assert sum("sent" in text and "Another" not in text for text in said) == 1


def test_a_killed_delivery_leaves_no_lock(store, tmp_path):
    code = "import sys, time; from pathlib import Path; from reports.ledger import Ledger\nwith Ledger(Path(sys.argv[1])).alone(): print('in', flush=True); time.sleep(60)"
    held = subprocess.Popen(
        [sys.executable, "-c", code, str(store / "reports")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert held.stdout and held.stdout.readline() == "in\n"
    with pytest.raises(Busy), Ledger(store / "reports").alone():
        pass
    held.send_signal(signal.SIGKILL)
    held.wait()
    held.stdout.close()
    with Ledger(store / "reports").alone():
        pass


class Hook(BaseHTTPRequestHandler):
    taken: ClassVar[list] = []
    answer = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((self.headers["Idempotency-Key"], self.headers["Content-Disposition"], body))
        self.send_response(type(self).answer)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def test_webhook_and_folder(store, tmp_path):
    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        Hook.taken, Hook.answer = [], 503
        url = f"http://127.0.0.1:{server.server_port}/in?token=secret"
        to = [{"kind": "webhook", "url": url}, {"kind": "folder", "path": str(tmp_path / "out")}]
        path = schedule(tmp_path, to=to, formats=["html"])
        ((step, why),) = outcomes(path, store)
        assert step == "refused" and "answered 503" in why and "secret" not in why
        Hook.answer = 200
        assert outcomes(path, store) == [("fired", "")]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    keys = {key for key, _, _ in Hook.taken}
    assert len(Hook.taken) == 2 and len(keys) == 1
    name = "overview_2026-05-18_2026-05-24_en.html"
    assert (tmp_path / "out" / name).read_bytes() == Hook.taken[-1][2]
    assert [each.name for each in (tmp_path / "out").iterdir()] == [name]
    assert "secret" not in Ledger(store / "reports").path.read_text()


def test_the_history_tells_what_happened(store, tmp_path, inbox):
    outcomes(schedule(tmp_path, inbox.port), store)
    outcomes(schedule(tmp_path, inbox.port, id="late", calendar="weekly saturday 07:00"), store)
    table = runs(Ledger(store / "reports").lines(), "Asia/Shanghai", "en")[1]
    assert table.frame.select("report", "state", "at", "why").rows() == [
        ("late", "skipped", "1 Jun 2026, 16:00", "it was due more than a day ago"),
        ("weekly", "sent", "1 Jun 2026, 16:00", ""),
    ]
    assert table.frame["to"][1] == "mail: a@example.org, b@example.org"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"name": "bord"}, "There is no report 'bord'.*Did you mean board"),
        ({"calendar": "hourly"}, "needs a calendar"),
        ({"calendar": "weekly 07:00"}, "needs a calendar"),
        ({"formats": ["doc"]}, "needs formats"),
        ({"condition": "sometimes"}, "needs a condition"),
        ({"to": [{"kind": "fax"}]}, "needs a place to go to"),
        ({"langage": "zh"}, "needs keys.*found 'langage'"),
    ],
)
def test_a_schedule_that_makes_no_sense_says_so(tmp_path, facts, said):
    with pytest.raises(BadQuestion, match=said):
        read(schedule(tmp_path, **facts))


def test_the_readmes_schedule_can_be_read(tmp_path):
    text = (ROOT / "README.md").read_text()
    path = tmp_path / "schedule.toml"
    path.write_text(text.split("`schedule.toml`:\n\n```toml\n")[1].split("```")[0])
    found, smtp = read(path)
    assert [each.id for each in found] == ["board-zh", "overview"] and smtp["port"] == 587
    assert [send.name(place) for place in found[1].to] == ["webhook: https://example.org/reports"]
