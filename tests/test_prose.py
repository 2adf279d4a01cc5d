"""Everything that a person reads keeps the rules of docs/style.md, as far as a machine can see them."""

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from settings import ROOT
from tests.laws import holds_for_all

# Applied migrations are history, and stay as they were applied.
HISTORY = "migrations"

# This module and the style guide quote what they ban.
QUOTING = {"tests/test_prose.py", "docs/style.md"}

GENERATED = {"node_modules", "dist", "dist.new", "dist.old", "generated", "pictures", "kept"}

# A sentence begins a text, or follows the end of another one, a bullet or the border of a table's cell.
_BEGIN = r"(?:\A|(?<=[.!?:] )|(?<=[.!?]\) )|(?<=\n)(?:[-*] |\d+\. )?|(?<=\| ))[\"'`(*]*"
OPENINGS = re.compile(rf"{_BEGIN}(?:(?:Of|Whoever|Whomever|Whose) |(?:What|Who) (?![^.!?]*\?))")

# A word in capitals alone is a code, such as an actor of the audit log; `nobody@` begins an address of a test.
WORDS = re.compile(
    r"\b(?:[Ww]hoever|[Ww]homever|[Aa]new|[Mm]anieth|[Nn]obody(?!@)(?:'s)?|[Ss]omebody(?:'s)?"
    r"|[Nn]one of which|[Ss]o many|to be had|(?:is|are|was|were|be|been) told)\b"
)


def problems(text: str) -> list[str]:
    """The banned openings and words of one text, each with some words around it. A single word is a name or a value."""
    if " " not in text:
        return []
    found = [*OPENINGS.finditer(text), *WORDS.finditer(text)]
    return [text[max(0, match.start() - 20) : match.end() + 40].replace("\n", " ") for match in found]


def comments(source: str) -> Iterator[str]:
    """The comments of a Python module; lines of one comment are one text."""
    block: list[str] = []
    last = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if token.start[0] != last + 1 or token.line.strip()[0] != "#":
            yield " ".join(block)
            block = []
        last = token.start[0]
        block.append(token.string.lstrip("# "))
    yield " ".join(block)


def python(source: str) -> Iterator[str]:
    """Docstrings, comments and string literals."""
    yield from comments(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"(?<!\n)\n *(?!\n)", " ", node.value)


def markdown(source: str) -> Iterator[str]:
    """A document without the code in it."""
    text = re.sub(r"^```.*?^```", "", source, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`\n]*`", "`code`", text)
    # Lines of a paragraph are one text; bullets, headings and rows of tables stay apart.
    yield re.sub(r"\n(?=[^\n|#*\d-])", " ", text)


def typescript(source: str) -> Iterator[str]:
    """Comments, strings and the text between tags. Code has no words that are banned."""
    for block in re.findall(r"/\*.*?\*/|(?:^ *//[^\n]*\n)+", source, re.DOTALL | re.MULTILINE):
        yield " ".join(line.strip(" /*") for line in block.splitlines())
    rest = re.sub(r"/\*.*?\*/|^ *//[^\n]*$", "", source, flags=re.DOTALL | re.MULTILINE)
    yield "\n".join(line.strip(" {}<>()\"'`") for line in rest.splitlines())


def html(source: str) -> Iterator[str]:
    """Comments of a page or a template, and the text between its tags."""
    yield from re.findall(r"(?:<!--|\{#)\s*(.*?)\s*(?:-->|#\})", source, re.DOTALL)
    rest = re.sub(r"<!--.*?-->|\{#.*?#\}|<(style|script)\b.*?</\1>", "", source, flags=re.DOTALL)
    yield from (text.strip() for text in re.split(r"<[^>]*>", rest))


def configuration(source: str) -> Iterator[str]:
    """The comments of files in which a line that starts with # or ; or -- is one."""
    for block in re.findall(r"(?:^ *(?:#|;|--)[^\n]*\n)+", source, re.MULTILINE):
        yield " ".join(line.strip(" #;-!") for line in block.splitlines())


READERS = {
    **{".py": python, ".md": markdown, ".html": html},
    **{".ts": typescript, ".tsx": typescript, ".css": typescript},
}
CONFIGURATION = [
    *("Dockerfile", "compose.yaml", "kist", ".ci/run", ".dockerignore", ".compose-lint.yml"),
    *("deploy/pgbouncer.ini", "deploy/roles.sql"),
]


@cache
def files() -> dict[str, Path]:
    """Every file with prose, by its path in the repository."""
    found = {name: ROOT / name for name in CONFIGURATION}
    for folder, names, texts in os.walk(ROOT):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in {*GENERATED, HISTORY})
        for path in (Path(folder, name) for name in sorted(texts)):
            inside = path.relative_to(ROOT).as_posix()
            is_vendored = inside.startswith("web/") and path.suffix == ".md"
            if path.suffix in READERS and not path.name.startswith(".") and inside not in QUOTING and not is_vendored:
                found[inside] = path
    return found


def problems_of(path: Path) -> list[str]:
    reader = READERS.get(path.suffix, configuration)
    return [problem for text in reader(path.read_text()) for problem in problems(text)]


@holds_for_all(files())
def test_a_text_has_no_banned_opening_and_no_banned_word(name: str) -> None:
    assert problems_of(files()[name]) == []


def test_the_style_guide_shows_bad_examples_that_the_test_finds() -> None:
    text = (ROOT / "docs" / "style.md").read_text()
    table = text[text.index("<!-- bad examples -->") : text.index("<!-- end of bad examples -->")]
    rows = re.findall(r"^\| `(.*?)` \| (.*?) \|$", table, re.MULTILINE)
    assert len(rows) > 10
    caught = [bad for bad, _ in rows if problems(bad)]
    assert len(caught) >= len(rows) - 1  # the wording of one cannot be grepped
    assert [good for _, good in rows if problems(good)] == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('"""What is left is dropped.\n\nOf a loan."""\n', 2),
        ("a = 1  # nobody's\n# Whoever\n# comes\n", 2),
        ('f"{name} was told so"\n', 1),
        ('"What is your name?"\n"The manieth"\n', 1),
        ("# A list of what is left.\n'Somebody_else'\n", 0),
    ],
)
def test_a_module_is_read_with_its_comments_and_its_strings(source: str, count: int) -> None:
    assert len([problem for text in python(source) for problem in problems(text)]) == count


def test_a_page_is_read_with_its_comments_and_the_text_between_its_tags() -> None:
    source = (
        "{# Of a book. #}<!-- Nobody's page --><style>/* anew it */</style><p>What is due.</p><p>It was told so</p>"
    )
    assert len([problem for text in html(source) for problem in problems(text)]) == 4
