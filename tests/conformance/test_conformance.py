"""The rules reproduce the published tables of data/conformance, and the command and the document show them."""

import re

import pytest
from typer.testing import CliRunner

import cli
from ops.commands import conformance
from rules.conformance import Check

SECTIONS, CONVENTIONS = conformance.read()
CHECKS = [check for checks in SECTIONS.values() for check in checks]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.table}: {check.figures}")
def test_the_rules_give_the_figures_of_a_published_table(check: Check) -> None:
    assert check.computed == check.expected


def test_37_lines_agree_with_their_publication_and_5_differ_by_a_named_convention() -> None:
    differing = [check for check in CHECKS if check.published]
    assert (len(CHECKS) - len(differing), len(differing)) == (37, 5)
    assert {check.table for check in differing} == set(CONVENTIONS)
    assert all(check.published != check.expected for check in differing)


def test_each_table_has_its_source_and_its_inputs() -> None:
    assert all(check.source and re.search(r"\d", check.inputs) for check in CHECKS)


def test_the_document_is_current() -> None:
    text = conformance.DOCUMENT.read_text(encoding="utf-8")
    assert text == conformance.document(SECTIONS, CONVENTIONS), "run ./kist conformance --write"


def test_the_command_prints_each_figure_within_120_columns() -> None:
    done = CliRunner().invoke(cli.app, ["conformance"])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert max(map(len, lines)) <= 120
    assert lines[-1] == "42 lines: 37 agree with the publication, 5 differ by a named convention, 0 are wrong"
    shown = " ".join(done.output.split())
    for check in CHECKS:
        # Terminals fold the longest fraction.
        assert check.inputs in done.output
        assert "/" in check.expected or check.expected.partition(";")[0] in shown
        assert check.published in done.output
    assert all(convention in done.output for convention in CONVENTIONS.values())


def test_a_wrong_figure_ends_the_command_with_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = CHECKS[0]._replace(computed="1725.57, 1725.59, 353.39")
    monkeypatch.setattr(conformance, "read", lambda: ({"Schedules": [wrong]}, CONVENTIONS))
    done = CliRunner().invoke(cli.app, ["conformance"])
    assert done.exit_code == 1
    assert "WRONG" in done.output
    assert "1 are wrong" in done.output
