"""A law of the house is one test for all modules or files: a test for each would be 3,000 tests of a millisecond."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def holds_for_all(things: Iterable[T]) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """Make one test of a law about a module or a file, and name every one that breaks it."""
    all_things = list(things)
    assert all_things, "a law about nothing always holds"

    def declare(law: Callable[[T], None]) -> Callable[[], None]:
        def test() -> None:
            broken = []
            for thing in all_things:
                try:
                    law(thing)
                except AssertionError as error:
                    broken.append(f"{thing}: {error}")
            assert not broken, "\n".join(broken)

        test.__name__, test.__doc__, test.__module__ = law.__name__, law.__doc__, law.__module__
        return test

    return declare
