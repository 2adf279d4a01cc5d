"""The classes of loans by their arrears, and what a loan keeps of its class (lending rules, 12)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AssetClass(StrEnum):
    STANDARD = "STANDARD"
    SMA_0 = "SMA_0"
    SMA_1 = "SMA_1"
    SMA_2 = "SMA_2"
    NPA = "NPA"
    WRITTEN_OFF = "WRITTEN_OFF"


@dataclass(frozen=True, slots=True)
class Classing:
    """The class that was found last, at the end of the day `on`. A loan that was always STANDARD has none.

    `npa_since` is the day at whose end an NPA became one. `is_borrower_npa` says that the borrower's loans make it so.
    `npa_until` is the first day at whose end a loan that was restructured in distress may be STANDARD (13.4).
    """

    asset_class: AssetClass = AssetClass.STANDARD
    on: date | None = None
    npa_since: date | None = None
    is_borrower_npa: bool = False
    npa_until: date | None = None
