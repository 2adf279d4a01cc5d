"""Tokens are counted before a syntax tree is built: a text that is too long costs its reading up to the limit alone."""

from typing import NamedTuple

from graphql import DocumentNode, Source, TokenKind
from graphql.language.parser import Parser

from api.graphql import graphql_core_seam
from schema.errors import bad_input

# The largest known client document, the explorer's introspection query with its deepest types, has 200 tokens; the
# console's have 60, and a step of the tour has 130. A syntax tree takes about 600 bytes a token.
MOST_TOKENS = 2_000
# Comments are no tokens, but the parser keeps each as one.
MOST_COMMENTS = 2_000
# Names are compared with those of the schema letter by letter; the longest name of the schema has 29.
LONGEST_NAME = 200


class Parsed(NamedTuple):
    """A syntax tree, and how many tokens it keeps, comments included."""

    document: DocumentNode
    tokens: int


def parsed(text: str) -> Parsed:
    """The syntax tree of a text.

    Raises:
        GraphQLError: BAD_USER_INPUT for a text that is too long or nested too deeply, or a syntax error.
    """
    parser = Parser(Source(text), max_comments=MOST_COMMENTS)
    lexer = graphql_core_seam.lexer_of(parser)
    first, tokens = lexer.token, 0
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        tokens += 1
        if tokens > MOST_TOKENS:
            raise bad_input(f"The query has more than {MOST_TOKENS} tokens.")
        if token.kind is TokenKind.NAME and token.end - token.start > LONGEST_NAME:
            raise bad_input(f"The query has a name of more than {LONGEST_NAME} characters.")
    graphql_core_seam.rewind(lexer, first)
    try:
        return Parsed(parser.parse_document(), tokens + graphql_core_seam.comments(lexer))
    except RecursionError:
        pass
    # Outside of the handler, whose traceback would keep every frame of the recursion alive.
    raise bad_input("The query is nested too deeply.")
