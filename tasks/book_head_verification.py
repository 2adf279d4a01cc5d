"""Published heads are right when they follow from the stored events, and the heads of the book follow from them."""

from collections.abc import Iterator, Sequence
from datetime import date

from models.book_heads import BookHead, LoanHead
from rules import chains
from rules.chains import Tree
from rules.verify import Disagreement, History

# Each date costs a tree over the whole book, about two microseconds a loan. `verify --audit` compares older heads of
# the book with the audit log.
MOST_DATES = 31


class Check:
    """A check of the newest heads of the book, which gets the loans in the order of their ids."""

    def __init__(self, books: Sequence[BookHead]) -> None:
        self._books = books
        self._trees = [Tree() for _ in books]

    async def loans(self, batch: Sequence[History]) -> list[Disagreement]:
        """The heads of some loans that do not follow from their stored events."""
        heads: dict[int, list[LoanHead]] = {one.loan.id: [] for one in batch}
        for head in await LoanHead.filter(loan_id__in=list(heads)).order_by("loan_id", "sequence"):
            heads[head.loan_id].append(head)
        return [difference for one in batch for difference in self._loan(one, heads[one.loan.id])]

    def _loan(self, found: History, heads: Sequence[LoanHead]) -> Iterator[Disagreement]:
        if not heads:
            return
        loan_id = found.loan.id
        links = chains.chain(loan_id, found.loan.terms, found.events)
        expected = {event.sequence: link for event, link in zip(found.events, links[1:], strict=True)}
        for head in heads:
            must = expected.get(head.sequence)
            if must != head.head:
                what = f"the head of {head.published_on} after event {head.sequence}"
                yield Disagreement(loan_id, what, "nothing" if must is None else must.hex(), head.head.hex())
        for book, tree in zip(self._books, self._trees, strict=True):
            newest = next((head for head in reversed(heads) if head.published_on <= book.date), None)
            if newest is not None:
                tree.add(chains.leaf(loan_id, newest.sequence, newest.head))

    def books(self) -> Iterator[Disagreement]:
        """The heads of the book that do not follow from the heads of all loans."""
        for book, tree in zip(self._books, self._trees, strict=True):
            yield from _differences(book.date, book, tree)


def _differences(day: date, book: BookHead, tree: Tree) -> Iterator[Disagreement]:
    root = tree.root()
    head = chains.head_of_book(book.lender, day, book.loans, book.root)
    facts = (
        ("number of loans", str(tree.size), str(book.loans)),
        ("root", root.hex(), book.root.hex()),
        ("head", head.hex(), book.head.hex()),
    )
    for what, must, found in facts:
        if must != found:
            yield Disagreement(None, f"the {what} of the book on {day}", must, found)


async def begun() -> Check:
    """A check of the newest `MOST_DATES` heads of the book."""
    return Check(await BookHead.all().order_by("-date").limit(MOST_DATES))
