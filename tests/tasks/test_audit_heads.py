"""Each hour the chain's head is appended to a file outside the database. All these heads must be in the log."""

import asyncio
import multiprocessing
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import audit, audit_chain
from rules import audit as rules
from rules.audit import Event, Head
from settings import Settings
from tasks import audit_heads, audit_verification
from tests.running import process, run, until
from tests.tasks.loan_rows import unguarded

NOW = datetime(2026, 1, 31, 4, 0, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
CUT = """DELETE FROM audit_links WHERE entry_id = (SELECT max(id) FROM audit_entries);
DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries)"""


def head(position: int) -> Head:
    return Head(position, bytes([position]) * 32)


async def entry() -> None:
    await audit.record(Event.SIGNED_OUT, rules.by_command("a test"))


async def faults(file: Path) -> list[str]:
    return (await audit_verification.verify(kept=audit_heads.read(file))).faults


def test_a_line_an_hour_is_added_for_the_owners_eyes_alone(tmp_path: Path) -> None:
    file = tmp_path / "heads.log"
    added = [
        audit_heads.append(file, head(1), NOW),
        audit_heads.append(file, head(2), NOW + HOUR / 2),  # too soon
        audit_heads.append(file, head(2), NOW + HOUR),
        audit_heads.append(file, head(2), NOW + 3 * HOUR),  # nothing happened
        audit_heads.append(file, head(3), NOW + 4 * HOUR),
    ]
    assert added == [True, False, True, False, True]
    assert file.read_text() == (
        f"2026-01-31T04:00:05Z 1:{'01' * 32}\n2026-01-31T05:00:05Z 2:{'02' * 32}\n2026-01-31T08:00:05Z 3:{'03' * 32}\n"
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [(one.at, one.head) for one in audit_heads.read(file)] == [
        (NOW, head(1)),
        (NOW + HOUR, head(2)),
        (NOW + 4 * HOUR, head(3)),
    ]


def test_a_line_that_was_cut_short_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "heads.log"
    file.write_text("2026-01-31T04:00")
    assert audit_heads.append(file, head(2), NOW)
    assert [one.head for one in audit_heads.read(file)] == [None, head(2)]


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "heads.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        audit_heads.append(tmp_path / "heads.log", head(1), NOW)
    assert audit_heads.read(tmp_path / "none") == []


def test_of_several_processes_one_writes(tmp_path: Path) -> None:
    file = tmp_path / "heads.log"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        added = pool.starmap(audit_heads.append, [(file, head(1), NOW)] * 12)
    assert sorted(added) == [False] * 11 + [True]


async def test_heads_that_the_log_holds_agree_and_others_are_named(memory: Settings, tmp_path: Path) -> None:
    file = tmp_path / "heads.log"
    for number in range(3):
        await entry()
        await audit_chain.seal()
        assert audit_heads.append(file, await audit_chain.head(), NOW + number * HOUR)
    assert await faults(file) == []
    await unguarded(memory, CUT)
    (line,) = await faults(file)
    assert line.startswith(f"{file} line 3 (2026-01-31T06:00:05Z 5:")
    assert line.endswith("): the log has no link at this position: its end was cut off")
    await unguarded(memory, f"{CUT};{CUT}")
    await entry()
    await entry()
    lost = [line.partition("): ")[2] for line in await faults(file)]
    assert lost == [
        "the log has no link at this position: its end was cut off",
        "the log has a different link at this position (other lines with this fault: 1)",
    ]
    file.write_text("nonsense\n\n" + file.read_text())
    assert (await faults(file))[0] == f"{file} line 1 (nonsense): the line is not a time and a head"


async def test_a_worker_notes_the_head_and_verification_reads_it(memory: Settings) -> None:
    file = memory.home / "heads.log"
    await entry()

    async def noted() -> bool:
        return file.exists() and bool(audit_heads.read(file))

    with process(memory):
        await until(noted)
    done = await asyncio.to_thread(run, memory, "verify", "--audit")
    assert done.stdout.splitlines()[0] == f"1 heads of {file} were compared"
    assert done.returncode == 0
    await unguarded(memory, "UPDATE audit_links SET hash = sha256(hash)")
    done = await asyncio.to_thread(run, memory, "verify", "--audit")
    assert done.returncode == 1
    assert "the log has a different link at this position\n" in done.stdout


async def test_the_head_is_logged_and_a_file_that_cannot_be_written_is_told(
    memory: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verification, "SEAL_SECONDS", 0.05)
    monkeypatch.setattr(audit_verification, "HEAD_SECONDS", 0.05)
    caplog.set_level("INFO", "kist.tasks")
    finish = asyncio.Event()
    sealing = asyncio.create_task(audit_verification.seal_until(finish, tmp_path / "no folder" / "heads.log"))

    async def told() -> bool:
        return "cannot append the audit log's head" in caplog.text and "the audit log's head is 2:" in caplog.text

    await until(told)
    finish.set()
    await sealing


async def test_the_file_is_in_the_home_or_where_the_setting_says(settings: Settings, tmp_path: Path) -> None:
    assert audit_heads.path_of(settings) == settings.home / "heads.log"
    elsewhere = settings.model_copy(update={"heads_file": tmp_path / "kept" / "heads"})
    assert audit_heads.path_of(elsewhere) == tmp_path / "kept" / "heads"
    assert audit_heads.path_of(settings.model_copy(update={"home": tmp_path / os.devnull.strip("/")})) is None
