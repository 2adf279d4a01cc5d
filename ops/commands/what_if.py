"""`./kist what-if` folds the whole book under another policy, and shows what differs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.commands.open_book import progress_of, with_the_book
from rules.policy import TERMS, Policy
from setting_values import cores
from settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from datetime import date

    from rules.policy import Totals

# The exit code that shells give a command that Ctrl-C has ended: 128 + SIGINT.
_INTERRUPTED = 130


def what_if(
    policy: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help=f"A policy to change: {', '.join(TERMS)}.")
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="NAME[:VERSION]", help="A product to fold all loans under; default: newest.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The CSV file to write.")] = Path("what-if.csv"),
) -> None:
    """Fold the whole book under another policy or product, and write the difference of each loan to a CSV file."""
    from ops.commands import what_if_report

    if not policy and product is None:
        raise SettingsError("name a policy or a product: --policy NAME=VALUE, --product NAME[:VERSION]")
    as_of, used, totals = _folded(parsed(policy or []), product, out)
    what_if_report.show(used, as_of, totals)
    print(out)


def parsed(words: list[str]) -> Policy:
    """The policy of texts such as due_days=20. The settings of the same names validate the values.

    Raises:
        SettingsError: a name is unknown or given twice, or a value is invalid.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip().lower().removeprefix("kist_")
        if not equals or name not in TERMS:
            raise SettingsError(f"{word} is no policy: write NAME=VALUE. {_valid()}")
        if name in found:
            raise SettingsError(f"{name} is given twice")
        found[name] = text.strip()
    try:
        valid = load(**found)
    except SettingsError as error:
        raise SettingsError(f"{error}. {_valid()}") from None
    return Policy(**{name: getattr(valid, name) for name in found})


def _valid() -> str:
    """A sentence with the names and the bounds, which are those of the settings."""
    bounds = []
    for name in TERMS:
        limits = {
            key: getattr(one, key)
            for one in Settings.model_fields[name].metadata
            for key in ("ge", "le")
            if hasattr(one, key)
        }
        bounds.append(f"{name} ({limits['ge']} to {limits['le']})")
    return f"The policies are {', '.join(bounds)}"


async def _under(policy: Policy, words: str | None, settings: Settings, today: "date") -> Policy:
    """The policy with the product of a text such as plus:2.

    Raises:
        SettingsError: there is no such product or version, or the policy does not fit it.
    """
    from resolvers import product_versions
    from rules import plan
    from rules.refusals import Refused

    if words is None:
        return policy
    name, colon, version = words.partition(":")
    try:
        if colon:
            number = int(version) if version.isascii() and version.isdigit() else 0
            product = await product_versions.of_version(settings, name, number)
        else:
            product = await product_versions.lent(settings, name, today)
    except Refused:
        product = None
    if product is None:
        raise SettingsError(f"there is no product {words}: write NAME or NAME:VERSION")
    if policy.cycle_days is not None:
        raise SettingsError("cycle_days is that of the product: leave it out, or leave the product out")
    shortest = plan.shortest_cycle_days(product)
    if policy.due_days is not None and policy.due_days >= shortest:
        raise SettingsError(f"due_days must be less than {shortest}, the days of the shortest cycle of {words}")
    return policy._replace(product=product)


def _folded(given: Policy, product: str | None, out: Path) -> "tuple[date, Policy, Totals]":
    from concurrent.futures.process import BrokenProcessPool

    from models import business_date
    from tasks import what_if
    from tasks.policy_file import FileRefused, PolicyFile

    files: list[PolicyFile] = []

    async def work(settings: Settings) -> "tuple[date, Policy, Totals]":
        today = await business_date.current(settings.calendar_date(), settings.sandbox)
        policy = await _under(given, product, settings, today)
        try:
            with PolicyFile(out, policy, today) as file, progress_of("folding loans") as report:
                files.append(file)
                found = await what_if.run(policy, file, url=settings.database_url, processes=cores(), report=report)
                return today, policy, found
        except BrokenProcessPool:
            raise SettingsError("a worker process was killed: run the same command again, it continues") from None
        except (what_if.PolicyRefused, FileRefused) as error:
            raise SettingsError(str(error)) from None

    if out.is_dir():
        raise SettingsError(f"{out} cannot be written")
    try:
        return with_the_book("kist what-if", work)
    except OSError as error:
        raise SettingsError(f"{out}: {(error.strerror or str(error)).lower()}") from None
    except KeyboardInterrupt:
        for file in files:
            print(
                f"kist: stopped: {file.part} has {file.totals.loans} loans. Run the same command again: it continues",
                file=sys.stderr,
            )
        raise typer.Exit(_INTERRUPTED) from None
