"""Blanks and invisible characters that come with typed or pasted text are removed."""

import unicodedata

# Format characters: zero-width blanks and joiners, direction marks, the byte order mark, soft hyphens.
_INVISIBLE = "Cf"
# Unicode classifies these characters as letters or symbols, but they are blank: Hangul fillers and the Braille blank.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def trimmed(text: str) -> str:
    """The text without surrounding blanks and invisible characters; those inside may be part of a word."""
    start, end = 0, len(text)
    while start < end and is_invisible(text[start]):
        start += 1
    while end > start and is_invisible(text[end - 1]):
        end -= 1
    return text[start:end]


def without_invisible(text: str) -> str:
    """The text without any blank or invisible character."""
    return "".join(character for character in text if not is_invisible(character))


def is_invisible(character: str) -> bool:
    """Whether a character is blank or has no glyph."""
    return character.isspace() or character in _BLANK or unicodedata.category(character) == _INVISIBLE
