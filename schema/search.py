"""The results of a search: a borrower, and the loan or the payment that the text names."""

import strawberry

from rules.search import Match
from schema.descriptions import explain
from schema.loans import Loan
from schema.payments import Payment
from schema.users import User

explain(
    Match,
    "The part of a search result that has the text.",
    {
        Match.AADHAAR: "The text is the borrower's Aadhaar number.",
        Match.LOAN_ID: "The text is the id of the loan.",
        Match.BORROWER_ID: "The text is the id of the borrower.",
        Match.TRANSACTION_ID: "The text is the transaction id of the payment.",
        Match.RECEIPT_NUMBER: "The text is the receipt number of the payment.",
        Match.NAME: "The borrower's name has all words of the text.",
        Match.EMAIL: "The borrower's email has all words of the text.",
        Match.PHONE: "The borrower's phone number has the digits of the text.",
        Match.SEVERAL: "The borrower's name, email and phone number together have all words of the text.",
    },
    name="SearchMatch",
)


@strawberry.type(description="A borrower, loan or payment that a search has found.")
class SearchResult:
    matched: Match = strawberry.field(description="The part that has the text.")
    user: User = strawberry.field(description="The borrower, or the borrower of the loan.")
    loan: Loan | None = strawberry.field(description="The loan, or that of the payment; null if a borrower was found.")
    payment: Payment | None = strawberry.field(description="The payment; null if a borrower or a loan was found.")
