"""Ways out: a mail, a folder, a webhook. Passwords come from the environment and are in no message."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from language import say
from reports.export import File
from stories.blocks import Finding
from stories.report import Report

TIMEOUT = 30  # seconds
MEDIA = {
    "pdf": ("application", "pdf"),
    "html": ("text", "html"),
    "pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class Refused(RuntimeError):
    """The other side did not take it: nothing was delivered, so it may be tried again."""


def send(
    place: Mapping[str, Any], run: str, report: Report, files: Sequence[File], smtp: Mapping[str, Any]
) -> None:
    """Delivers once. Raises Refused where nothing was delivered; any other error leaves that open."""
    {"mail": mail, "folder": folder, "webhook": webhook}[place["kind"]](place, run, report, files, smtp)


def name(place: Mapping[str, Any]) -> str:
    """A place in the ledger; of an address, what may be read by all."""
    if place["kind"] == "mail":
        return f"mail: {', '.join(place['recipients'])}"
    if place["kind"] == "webhook":
        return f"webhook: {str(place['url']).split('?')[0]}"
    return f"folder: {place['path']}"


def mark(run: str, place: Mapping[str, Any]) -> str:
    """The same for each try, so that a receiver can tell a repetition."""
    return sha256(f"{run} {name(place)}".encode()).hexdigest()[:32]


def mail(
    place: Mapping[str, Any], run: str, report: Report, files: Sequence[File], smtp: Mapping[str, Any]
) -> None:
    message = EmailMessage()
    message["Subject"] = f"{report.title} · {report.short}"
    message["From"] = smtp.get("from", "plumbline@localhost")
    message["To"] = ", ".join(place["recipients"])
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = f"<{mark(run, place)}@plumbline>"
    found = [
        block.text.replace("**", "") for block in report.chapters[0].blocks if isinstance(block, Finding)
    ]
    head = say("{title}, {days}.", report.lang, title=report.title, days=report.short)
    message.set_content("\n\n".join([head, *(f"- {text}" for text in found)]))
    for file in files:
        main, sub = MEDIA[file.kind]
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    try:
        server = smtplib.SMTP(smtp.get("host", "localhost"), int(smtp.get("port", 25)), timeout=TIMEOUT)
    except OSError as problem:
        raise Refused(str(problem)) from problem
    with server:
        try:
            if smtp.get("starttls"):
                server.starttls(context=ssl.create_default_context())
            user, password = (os.environ.get(f"PLUMBLINE_SMTP_{each}") for each in ("USER", "PASSWORD"))
            if user and password:
                server.login(user, password)
        except (smtplib.SMTPException, OSError) as problem:
            raise Refused(type(problem).__name__) from None
        try:
            refused = server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as problem:
            raise Refused(str(problem)) from problem
    if refused:
        raise RuntimeError(f"delivered, but not to {', '.join(refused)}")


def folder(
    place: Mapping[str, Any], run: str, report: Report, files: Sequence[File], smtp: Mapping[str, Any]
) -> None:
    """Whole files under their names; a second time changes nothing."""
    path = Path(place["path"])
    try:
        path.mkdir(parents=True, exist_ok=True)
        for file in files:
            draft = path / f".{file.name}.new"
            draft.write_bytes(file.data)
            draft.replace(path / file.name)
    except OSError as problem:
        raise Refused(str(problem)) from problem


def webhook(
    place: Mapping[str, Any], run: str, report: Report, files: Sequence[File], smtp: Mapping[str, Any]
) -> None:
    """One POST a file, with its name and a key that is the same for each try."""
    if not str(place["url"]).startswith(("http://", "https://")):
        raise Refused(f"{place['url']} is no web address")
    for i, file in enumerate(files):
        main, sub = MEDIA[file.kind]
        heads = {
            "Content-Type": f"{main}/{sub}",
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Idempotency-Key": f"{mark(run, place)}-{file.kind}",
            "X-Plumbline-Report": report.name,
        }
        try:
            with urlopen(Request(str(place["url"]), file.data, heads), timeout=TIMEOUT):
                pass
        except HTTPError as problem:
            kind = Refused if i == 0 else RuntimeError
            raise kind(f"answered {problem.code}") from None
        except URLError as problem:
            if i == 0 and isinstance(problem.reason, ConnectionRefusedError):
                raise Refused(str(problem.reason)) from None
            raise
