"""The GraphQL schema, and its queries, each with its resolver and its description."""

from datetime import date
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.graphql.execution import Schema
from api.graphql.executor import CountingExecutor
from api.graphql.fields import field
from api.graphql.instrumentation import instrument
from api.graphql.mutation import Mutation
from api.graphql.query_cache import CachedParsing
from api.graphql.subscription import Subscription
from resolvers import (
    billing,
    book_heads,
    explanations,
    key_facts,
    lender,
    loan_list,
    loans,
    operations,
    payoff_quotes,
    policy,
    portfolio,
    products,
    quotes,
    search,
    statements,
    users,
    what_ifs,
)
from resolvers.errors import RefusalHandler
from schema import applications
from schema import billing as billing_views
from schema import loans as loan_views
from schema import operations as operation_views
from schema import portfolio as portfolio_views
from schema import products as product_views
from schema import users as user_views
from schema.book_heads import BookHead
from schema.descriptions import explain_inputs
from schema.explanations import Step
from schema.key_facts import KeyFacts
from schema.lender import Lender
from schema.pagination import Connection
from schema.payoff import PayoffQuoteResult
from schema.policy import Policy
from schema.scalars import SCALARS
from schema.search import SearchResult
from schema.statements import Statement
from schema.what_ifs import WhatIf


@strawberry.type(description="Reads data. One request may ask for up to 20 of these fields.")
class Query:
    business_date = field(
        billing.business_date,
        date,
        "The date that all rules use: today in the lender's time zone or, in a sandbox, a date of its own.",
    )
    quote = field(quotes.quote, applications.QuoteResult, "The cost of a loan, before applying for it.")
    policy = field(policy.policy, Policy, "The lender's limits for loans and borrowers.")
    product = field(
        products.product,
        product_views.Product | None,
        "A version of a product, by default the one that applications are made under; null if there is none.",
    )
    products = field(
        products.product_list,
        list[product_views.Product],
        "The newest version of each product that is offered; for an operator, all versions.",
    )
    key_facts = field(
        key_facts.key_facts,
        KeyFacts | None,
        "The key facts of a borrower's own proposal, or of any proposal for an operator; null if there are none.",
    )
    lender = field(lender.lender, Lender, "The lender's name and contacts, which every page shows.")
    me = field(users.me, user_views.User, "The signed-in borrower.")
    loan = field(
        loans.loan,
        loan_views.Loan | None,
        "A borrower's own loan, or any loan for an operator; null if there is none that the caller may see. With asOf"
        " or knownAt, every field shows the loan at the end of that day, as it was known then.",
    )
    loans = field(
        loan_list.loans,
        Connection[loan_views.Loan],
        "All loans, the newest first, or those of a filter in its order.",
    )
    preview = field(
        operations.preview,
        operation_views.OperateResult,
        "Computes the change that an operation would make, and stores nothing.",
    )
    search = field(
        search.search,
        list[SearchResult],
        "Finds borrowers, loans and payments by a text, exact matches first. The text is not logged or stored.",
    )
    statement = field(
        statements.statement,
        Statement | None,
        "The statement of a loan on the business date or, with asOf or knownAt, at the end of a day, as it was known at"
        " a time; null as for loan.",
    )
    book_head = field(book_heads.book_head, BookHead | None, "The published head of the book on a date, or null.")
    payoff_quote = field(
        payoff_quotes.payoff_quote,
        PayoffQuoteResult,
        "The amount that closes a loan, for each day from the business date on, if nothing else happens until then.",
    )
    explain = field(
        explanations.explain,
        list[Step],
        "The steps of a loan's life that led to a figure, oldest first. BAD_USER_INPUT if there is no such loan.",
    )
    what_if = field(
        what_ifs.what_if,
        WhatIf,
        "A loan's life with payments or operations added or, for an operator, events left out. Nothing is stored.",
    )
    billing_run = field(
        billing.billing_run, billing_views.BillingRun | None, "A billing run as it stands; null if there is none."
    )
    billing_runs = field(
        billing.billing_run_list, Connection[billing_views.BillingRun], "The billing runs, newest first."
    )
    portfolio = field(
        portfolio.portfolio,
        portfolio_views.Portfolio | None,
        "The book at the end of a date: the business date, or an earlier one.",
    )
    user = field(users.user, user_views.User | None, "A borrower; null if there is none.")


schema: Any = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[CachedParsing],
    execution_context_class=CountingExecutor,
    exception_handlers=[RefusalHandler()],
)
instrument(schema.core)
explain_inputs(schema.core)


def printed() -> str:
    """The schema as text, as it is checked in."""
    return f"{schema.as_str()}\n"
