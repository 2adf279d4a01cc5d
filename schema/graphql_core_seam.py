"""The private parts and the globals of graphql-core that kist uses: the lexer, a limit of validation, shown values."""

import importlib
from collections.abc import Callable
from typing import Any

from graphql import Token
from graphql.language.lexer import Lexer
from graphql.language.parser import Parser
from graphql.validation.rules import overlapping_fields_can_be_merged

VERSION = "3.3.2"

# `graphql.pyutils` exports a function with the module's name, which hides the module from an import statement.
_inspection: Any = importlib.import_module("graphql.pyutils.inspect")
_inspect_recursive = _inspection.inspect_recursive


def lexer_of(parser: Parser) -> Lexer:
    """The lexer that a parser reads from. Reading it first counts the tokens before a tree is built: `graphql.parse`
    counts while it builds, and a counting lexer of our own would read each character twice.
    """
    return parser._lexer


def rewind(lexer: Lexer, first: Token) -> None:
    """Let the parser read from a token again. Tokens are linked, so that the lexer does not read the text again."""
    lexer.token = lexer.last_token = first


def comments(lexer: Lexer) -> int:
    """The number of comments that a lexer has read. The parser keeps each of them as a token."""
    return lexer._comment_count


def limit_field_comparisons(most: int) -> None:
    """Limit the comparisons by which validation finds fields that cannot be merged: a global, with no parameter."""
    overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = most


def inspected(value: object) -> str:
    """A value as graphql-core shows it in an error message, whatever `show_values_with` has set."""
    return str(_inspect_recursive(value, []))


def show_values_with(shown: Callable[[object], str]) -> None:
    """Let graphql-core show values in its error messages by a function of ours. It has no option for that."""
    _inspection.inspect_recursive = lambda value, _: shown(value)
