"""Tokens are counted before a syntax tree is built: a text that is too long costs only its tokens up to the limit."""

from typing import NamedTuple

from graphql import DocumentNode, Source, TokenKind
from graphql.language.parser import Parser

from schema import graphql_core_seam
from schema.errors import bad_input

# The largest known client document, the explorer's introspection query with its deepest types, has 200 tokens; the
# console's have 60, and a step of the tour has 130. A syntax tree takes about 600 bytes a token.
MOST_TOKENS = 2_000
# The parser does not count comments as tokens, but keeps each as one.
MOST_COMMENTS = 2_000
# For its suggestions graphql-core compares names with those of the schema letter by letter. The schema's longest name
# has 29 characters.
LONGEST_NAME = 200


class Parsed(NamedTuple):
    """A syntax tree, and the number of tokens that it keeps, comments included."""

    document: DocumentNode
    tokens: int


def parsed(text: str) -> Parsed:
    """The syntax tree of a text.

    Raises:
        GraphQLError: BAD_USER_INPUT: the text is too long, nested too deeply, or has a syntax error.
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
    # Raised outside the handler: the traceback of RecursionError would keep every frame of the recursion alive.
    raise bad_input("The query is nested too deeply.")
