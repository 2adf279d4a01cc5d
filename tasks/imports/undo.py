"""Undoing an import removes its rows and rescores their people; the import no longer counts."""

import hashlib
import itertools
from pathlib import Path

from models import audit, database, import_locks, import_undo, imports, transaction_merge
from models.import_undo import Undone
from models.imports import Summary
from rules.aadhaar import Checksum
from rules.audit import Event, by_command
from settings import Settings
from tasks import scoring
from tasks.imports import spill
from tasks.imports.run import fingerprint, in_thread
from tasks.imports.source import ImportRefused

_COMMAND = by_command("kist import undo")

_READ_BYTES = 1024 * 1024


async def find(file_or_id: str, settings: Settings) -> Summary:
    """Return the import with an id, or the import of a file with the same content.

    Raises:
        ImportRefused: the import does not exist or cannot be undone; the text gives the reason.
    """
    if file_or_id.isascii() and file_or_id.isdigit():
        # 18 digits fit in a bigint, and no id is longer.
        import_id = int(file_or_id[:18])
    else:
        import_id = await _of_file(Path(file_or_id), settings)
    found = await imports.find(import_id)
    if found is None:
        raise ImportRefused(f"import {file_or_id} does not exist: see ./kist import list")
    if reason := _refusal(found):
        raise ImportRefused(reason)
    return found


async def _of_file(path: Path, settings: Settings) -> int:
    content, size = await in_thread(_content, path)
    # The file may have been imported through a pipe of unknown size, under a former key, or with the other checksum.
    checksums: tuple[Checksum, ...] = ("lenient", "strict")
    ways = itertools.product(settings.keys("aadhaar_digest_key"), checksums, {spill.parts(size), spill.parts(0)})
    found = await imports.of_fingerprints([fingerprint(key, content, checksum, parts) for key, checksum, parts in ways])
    if not found:
        raise ImportRefused(
            f"{path}: no import of a file with this content was found: give an id from ./kist import list"
        )
    return found[0]


def _content(path: Path) -> tuple[bytes, int]:
    """Return the digest and the length of a file."""
    content, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                content.update(block)
                size += len(block)
    except OSError as error:
        raise ImportRefused(f"{path}: {(error.strerror or str(error)).lower()}") from None
    return content.digest(), size


def _refusal(found: Summary) -> str:
    if found.undone_at is not None:
        return f"import {found.id} was undone on {found.undone_at:%Y-%m-%d} already"
    if found.again_of_id is not None:
        return f"import {found.id} repeated import {found.again_of_id}, which holds the rows: undo that import"
    if not found.knows_its_rows:
        return f"import {found.id} cannot be undone: the version that made it did not record which rows it added"
    return ""


async def undo(import_id: int, settings: Settings) -> tuple[Undone, int]:
    """Undo an import in one transaction. Return the rows removed and the number of people rescored.

    Raises:
        ImportRefused: the import was undone meanwhile.
    """
    async with import_locks.turn(settings.database_url), database.transaction() as connection:
        await import_locks.hold_turn(connection, durable=True)
        found = await imports.find(import_id)
        if found is None or _refusal(found):
            raise ImportRefused(_refusal(found) if found else f"import {import_id} does not exist")
        undone = await import_undo.undo(import_id)
        rescored = last = 0
        while user_ids := await transaction_merge.people_with("lost", after=last, limit=scoring.BATCH):
            await scoring.score(user_ids, _COMMAND)
            last = user_ids[-1]
            rescored += len(user_ids)
        await audit.record(
            *(Event.IMPORT_UNDONE, _COMMAND),
            import_id=import_id,
            removed=undone.removed,
            credit=undone.credit,
            debit=undone.debit,
            rescored=rescored,
            passed_on=[
                {"import_id": heir.import_id, "rows": heir.rows, "credit": heir.credit, "debit": heir.debit}
                for heir in undone.heirs
            ],
        )
    return undone, rescored
