"""The key facts statement has every word in Hindi too."""

import re
from dataclasses import replace
from pathlib import Path

from rules import key_facts
from rules.products import CARD, RateType

LABELS = (Path(__file__).parent.parent.parent / "web/src/app/keyFacts/labels.ts").read_text()
DEVANAGARI = "[\u0900-\u097f]"


def test_every_clause_of_the_statement_is_translated() -> None:
    everything = replace(CARD, cooling_off_days=3, rate_type=RateType.FLOATING)
    for clause in key_facts.clauses(everything):
        assert re.search(re.escape(f'"{clause}":') + rf'\s+"{DEVANAGARI}', LABELS), clause
