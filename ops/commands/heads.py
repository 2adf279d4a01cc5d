"""`./kist heads` publishes the heads of the business dates that have ended, as the worker does."""

from ops.commands.open_book import progress_of, with_the_book
from rules.audit import by_command
from settings import Settings, SettingsError


def heads() -> None:
    """Publish the head of the book of each business date that has ended, and print the newest one."""
    print(published())


def published() -> str:
    """Publish what is outstanding, and return the newest head in a line.

    Raises:
        SettingsError: the stored heads of loans contradict each other.
    """
    from models import book_heads
    from tasks import book_heads as tasks

    async def work(settings: Settings) -> str:
        lender, by = settings.lender().name or "", by_command("kist heads")
        for day in await tasks.outstanding(await tasks.ended(settings)):
            with progress_of(f"publishing {day}, loans") as report:
                try:
                    await tasks.publish(day, lender, by, report)
                except tasks.PublicationError as error:
                    raise SettingsError(str(error)) from None
        newest = await book_heads.newest()
        assert newest is not None, "one date at least was published"
        return f"{newest.date}: {newest.loans} loans, head {newest.head.hex()}"

    return with_the_book("kist heads", work)
