"""`./kist operator` manages the people who may run the book. The audit log records each change in its transaction."""

from collections.abc import Callable
from time import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from models import audit, credentials, database, operators, password_resets, sessions, users
from models.operators import Operator
from models.password_resets import Issued
from models.users import User
from ops.commands.open_book import with_the_book
from rules.audit import Event, Origin, by_command
from settings import Settings, SettingsError, load

app = typer.Typer(help="Manage the operators, the people who run the book.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The operator's email.")]


def _ask() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


@app.command("add")
def add_command(
    email: Email, name: Annotated[str, typer.Option(help="The person's name, for `operator list`.")] = ""
) -> None:
    """Add an operator. The command asks for the password unless KIST_OPERATOR_PASSWORD is set."""
    print(f"{add(email, _ask, name)} is an operator")


@app.command("list")
def list_command() -> None:
    """List the operators: email, name, active or not, last sign-in, created."""
    table = Table("email", "name", "active", "last sign-in", "created", box=None, pad_edge=False)
    for one in with_the_book("kist operator list", lambda _: operators.listing()):
        seen = f"{one.signed_in_at:%Y-%m-%d %H:%M}" if one.signed_in_at else "never"
        active = "yes" if one.is_active else "no"
        table.add_row(one.email, one.name or "", active, seen, f"{one.created_at:%Y-%m-%d %H:%M}")
    # rich assumes 80 columns for a pipe, and would cut the lines.
    console = Console(highlight=False, markup=False)
    console = console if console.is_terminal else Console(highlight=False, markup=False, width=300)
    console.print(table)


@app.command("disable")
def disable_command(
    email: Email, force: Annotated[bool, typer.Option("--force", help="Disable the last active operator too.")] = False
) -> None:
    """Disable an operator: all sessions end at once, and sign-ins are refused."""
    print(f"{email} is disabled" if _disable(email, force=force) else f"{email} was disabled already")


@app.command("enable")
def enable_command(email: Email) -> None:
    """Let a disabled operator sign in again, with the same password."""
    print(f"{email} is enabled" if _enable(email) else f"{email} was enabled already")


@app.command("reset-password")
def reset_password_command(
    email: Annotated[str, typer.Argument(help="The email of an operator or a borrower.")],
    by_code: Annotated[bool, typer.Option("--code", help="Print a code instead of setting a password.")] = False,
) -> None:
    """Set a new password for an operator, as `add` does, and end all the operator's sessions.

    For a borrower it prints a code that the person enters on the console's page for a new password.
    """
    issued = _reset_password(email, _ask, by_code=by_code)
    if issued is None:
        print(f"{email} has a new password, and all its sessions are ended")
        return
    code, until = f"{issued.code[:4]} {issued.code[4:]}", issued.expires_at.astimezone()
    print(f"{code} is the code of {email} until {until:%H:%M}. The person enters it at /app/reset-password")


def add(email: str, ask: Callable[[], str], name: str = "") -> str:
    """Add an operator; returns the normalised email. `ask` supplies the password unless the environment does.

    Raises:
        SettingsError: the email is invalid or has an account already, or the password is too weak.
    """
    from auth import emails, passwords

    address = emails.normalised(email)
    if address is None:
        raise SettingsError(f"{email} is not an email address")
    password = _password(ask, address)

    async def work(_: Settings) -> None:
        if await operators.by_email(address) or await users.by_email(address):
            raise SettingsError(f"{address} has an account already")
        password_hash = await passwords.hash_password(password)
        await operators.add(address, password_hash, by_command("kist operator add"), name.strip() or None)

    with_the_book("kist operator add", work)
    return address


def _disable(email: str, *, force: bool) -> bool:
    async def work(_: Settings) -> bool:
        async def disable() -> bool:
            async with database.transaction():
                # All active operators are locked: two concurrent commands cannot disable the last two of them.
                active = await operators.hold_active()
                one = await _found(email)
                if not one.is_active:
                    return False
                if active == [one.id] and not force:
                    raise SettingsError(f"{email} is the last active operator. Give --force to disable it anyway")
                await operators.set_active(one.id, active=False)
                await sessions.end_all_of("operator_id", one.id)
                await password_resets.withdraw("operator_id", one.id)
                await credentials.note(
                    Event.OPERATOR_DISABLED, by_command("kist operator disable"), "operators", one.id
                )
            return True

        return await database.retried(disable)

    return with_the_book("kist operator disable", work)


def _enable(email: str) -> bool:
    async def work(_: Settings) -> bool:
        async with database.transaction():
            await operators.hold_active()
            one = await _found(email)
            if one.is_active:
                return False
            await operators.set_active(one.id, active=True)
            await credentials.note(Event.OPERATOR_ENABLED, by_command("kist operator enable"), "operators", one.id)
        return True

    return with_the_book("kist operator enable", work)


def _reset_password(email: str, ask: Callable[[], str], *, by_code: bool) -> Issued | None:
    """Set the password of an operator; the code instead for a borrower, or if `by_code`."""
    by = by_command("kist operator reset-password")

    async def work(settings: Settings) -> Issued | None:
        account = await users.by_email(email.strip()) or await _found(email)
        if isinstance(account, User) or by_code:
            return await _issued(settings, account, by)
        await _set_password(account, ask, by)
        await _report_reset(settings, account)
        return None

    return with_the_book("kist operator reset-password", work)


async def _set_password(one: Operator, ask: Callable[[], str], by: Origin) -> None:
    from auth import passwords

    password_hash = await passwords.hash_password(_password(ask, one.email))

    async def reset() -> None:
        async with database.transaction():
            await operators.set_password(one.id, password_hash)
            await sessions.end_all_of("operator_id", one.id)
            await password_resets.withdraw("operator_id", one.id)
            await credentials.note(Event.OPERATOR_PASSWORD_RESET, by, "operators", one.id)

    await database.retried(reset)


async def _report_reset(settings: Settings, one: Operator) -> None:
    """Ask a worker to tell the operator. Without Valkey there is no worker, and the password stays reset."""
    if not settings.redis_url:
        return
    from broker.stream import enqueue
    from tasks import worker
    from tasks.password_resets import report_password_reset

    async with worker.opened(settings):
        await enqueue(report_password_reset, 0, one.id, int(time()))


async def _issued(settings: Settings, account: User | Operator, by: Origin) -> Issued:
    issued = await password_resets.issue(settings.key("signing_key"), account)
    if issued is None:
        raise SettingsError(f"the account {account.email} is not active")
    # The code is printed only if the log has the entry.
    await audit.record(Event.PASSWORD_RESET_ISSUED, by, credentials.subject_of(account))
    return issued


async def _found(email: str) -> Operator:
    one = await operators.by_email(email.strip())
    if one is None:
        raise SettingsError(f"there is no operator {email}: see ./kist operator list")
    return one


def _password(ask: Callable[[], str], email: str) -> str:
    from auth import password_strength

    password = load().operator_password.get_secret_value() or ask()
    for problem in password_strength.problems(password, (email,)):
        raise SettingsError(problem.message)
    return password
