"""A proof is made from the events of one loan, and from the published heads of all loans as of a date."""

from collections.abc import Callable
from datetime import date

from models import book_heads, life_events
from models.book_heads import Leaf
from models.loans import Loan
from rules import chains, proofs
from rules.chains import Tree
from rules.proofs import Document, Proof

Report = Callable[[int, int], None]


class UnprovableError(Exception):
    """No proof can be made, for the reason."""


async def prove(loan_id: int, day: date | None, report: Report) -> Document:
    """The proof of a loan as of a date, by default the newest one with a published head.

    `report` gets the number of loans read and their total. The events of other loans are not read.

    Raises:
        UnprovableError: no head of the date is published, the loan is not in it, or the book was changed since.
    """
    book = await (book_heads.newest() if day is None else book_heads.on(day))
    if book is None:
        when = "yet" if day is None else f"for {day}"
        raise UnprovableError(f"no head of the book is published {when}: see ./kist heads")
    tree, own, done, loans = Tree(), None, 0, await Loan.all().count()
    async for batch in book_heads.leaves(book.date):
        for leaf in batch:
            if leaf.sequence is not None and leaf.head is not None:
                is_wanted = leaf.loan_id == loan_id
                own = leaf if is_wanted else own
                tree.add(chains.leaf(leaf.loan_id, leaf.sequence, leaf.head), is_wanted=is_wanted)
        done += len(batch)
        report(done, max(done, loans))
    if own is None or tree.index is None:
        raise UnprovableError(f"loan {loan_id} has no event before the end of {book.date}")
    root = tree.root()
    proof = await _proof(own, book.lender, book.date, tree)
    found = proofs.document(proof)
    is_published = root == book.root and chains.head_of_book(book.lender, book.date, tree.size, root) == book.head
    if not is_published or chains.chain(loan_id, proof.terms, proof.events)[-1] != own.head:
        raise UnprovableError(f"the book differs from its head of {book.date}: run ./kist verify")
    return found


async def _proof(own: Leaf, lender: str, day: date, tree: Tree) -> Proof:
    loan = await Loan.get(id=own.loan_id)
    rows = (await life_events.of_loans([loan.id]))[loan.id]
    events = [row.event() for row in rows if row.sequence <= (own.sequence or 0)]
    assert tree.index is not None, "the loan is a leaf of the tree"
    return Proof(lender, loan.id, loan.terms, day, events, tree.index, tree.path, tree.size)
