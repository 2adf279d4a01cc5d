"""The GraphQL schema lists every operation by name, with its resolver and its description."""

from datetime import date
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.graphql.execution import Schema
from api.graphql.executor import CountingExecutor
from api.graphql.instrumentation import instrument
from api.graphql.query_cache import CachedParsing
from api.graphql.subscription import Subscription
from resolvers import (
    billing,
    book_heads,
    explanations,
    lender,
    loan_list,
    loans,
    operations,
    password_resets,
    payments,
    payoff_quotes,
    policy,
    portfolio,
    profile,
    quotes,
    sample_accounts,
    search,
    sessions,
    statements,
    users,
    what_ifs,
)
from resolvers.access import described
from resolvers.errors import RefusalHandler
from schema import applications
from schema import billing as billing_views
from schema import loans as loan_views
from schema import operations as operation_views
from schema import password_resets as reset_views
from schema import portfolio as portfolio_views
from schema import profile as profile_views
from schema import users as user_views
from schema.book_heads import BookHead
from schema.descriptions import explain_inputs
from schema.explanations import Step
from schema.lender import Lender
from schema.pagination import Connection
from schema.payoff import PayoffQuoteResult
from schema.policy import Policy
from schema.sample_accounts import CreateSampleAccountsResult
from schema.scalars import SCALARS
from schema.search import SearchResult
from schema.statements import Statement
from schema.what_ifs import WhatIf


def _field(resolver: Any, kind: Any, text: str) -> Any:
    return strawberry.field(resolver=resolver, graphql_type=kind, description=described(resolver, text))


@strawberry.type(description="Reads data. One request may ask for up to 20 of these fields.")
class Query:
    business_date = _field(
        billing.business_date,
        date,
        "The date that all rules use: today in the lender's time zone or, in a sandbox, a date of its own.",
    )
    quote = _field(quotes.quote, applications.QuoteResult, "The cost of a loan, before applying for it.")
    policy = _field(policy.policy, Policy, "The lender's limits for loans and borrowers.")
    lender = _field(lender.lender, Lender, "The lender's name and contacts, which every page shows.")
    me = _field(users.me, user_views.User, "The signed-in borrower.")
    loan = _field(
        loans.loan,
        loan_views.Loan | None,
        "A borrower's own loan, or any loan for an operator; null if there is none that the caller may see. With asOf"
        " or knownAt, every field shows the loan at the end of that day, as it was known then.",
    )
    loans = _field(
        loan_list.loans,
        Connection[loan_views.Loan],
        "All loans, the newest first, or those of a filter in its order.",
    )
    preview = _field(
        operations.preview,
        operation_views.OperateResult,
        "Computes the change that an operation would make, and stores nothing.",
    )
    search = _field(
        search.search,
        list[SearchResult],
        "Finds borrowers, loans and payments by a text, exact matches first. The text is not logged or stored.",
    )
    statement = _field(
        statements.statement,
        Statement | None,
        "The statement of a loan on the business date or, with asOf or knownAt, at the end of a day, as it was known at"
        " a time; null as for loan.",
    )
    book_head = _field(book_heads.book_head, BookHead | None, "The published head of the book on a date, or null.")
    payoff_quote = _field(
        payoff_quotes.payoff_quote,
        PayoffQuoteResult,
        "The amount that closes a loan, for each day from the business date on, if nothing else happens until then.",
    )
    explain = _field(
        explanations.explain,
        list[Step],
        "The steps of a loan's life that led to a figure, oldest first. BAD_USER_INPUT if there is no such loan.",
    )
    what_if = _field(
        what_ifs.what_if,
        WhatIf,
        "A loan's life with payments or operations added or, for an operator, events left out. Nothing is stored.",
    )
    billing_run = _field(
        billing.billing_run, billing_views.BillingRun | None, "A billing run as it stands; null if there is none."
    )
    billing_runs = _field(
        billing.billing_run_list, Connection[billing_views.BillingRun], "The billing runs, newest first."
    )
    portfolio = _field(
        portfolio.portfolio,
        portfolio_views.Portfolio | None,
        "The book at the end of a date: the business date, or an earlier one.",
    )
    user = _field(users.user, user_views.User | None, "A borrower; null if there is none.")


@strawberry.type(
    description=(
        "Changes data. One request may ask for one of these fields. A rule that forbids the change answers with a"
        " Refusal: it has every reason, and nothing was changed."
    )
)
class Mutation:
    register_user = _field(
        users.register_user,
        user_views.RegisterUserResult,
        "Creates an account and signs in. The credit score follows a moment later, by Subscription.creditScore."
        " Without a password the session is the only way in: when it has ended, only a code for resetPassword opens the"
        " account again. Refusals about the input come first, EMAIL_TAKEN and AADHAAR_TAKEN after them, and"
        " TOO_MANY_ATTEMPTS where these two were answered too often.",
    )
    login = _field(sessions.login, user_views.LoginResult, "Opens a session.")
    refresh_session = _field(
        sessions.refresh_session,
        user_views.RefreshSessionResult,
        "Exchanges a refresh token for the next pair of tokens, once. For ten seconds a repeated request gets the same"
        " refresh token. A token that is used again later ends its session.",
    )
    logout = _field(
        sessions.logout,
        bool,
        "Ends the session at once, on every device that uses it. The answer is always true. At /graphql/session the"
        " session's cookie is enough.",
    )
    update_me = _field(
        profile.update_me,
        profile_views.UpdateMeResult,
        "Changes the phone, the address or the annual income. Later applications are judged on the new income; the"
        " lender keeps the earlier values.",
    )
    set_password = _field(
        profile.set_password, profile_views.SetPasswordResult, "Sets the password of an account that has none."
    )
    change_password = _field(
        profile.change_password,
        profile_views.ChangePasswordResult,
        "Changes the password and ends every other session of the account. BAD_CREDENTIALS and TOO_MANY_ATTEMPTS are"
        " about the old password.",
    )
    request_password_reset = _field(
        password_resets.request_password_reset,
        reset_views.RequestPasswordResetResult,
        "Sends a code of 8 digits to the email of an account, for resetPassword. The answer is the same, and takes as"
        " long, for an email without an account.",
    )
    reset_password = _field(
        password_resets.reset_password,
        reset_views.ResetPasswordResult,
        "Sets a new password by a code, ends every session of the account, and opens a new one. A code is valid once,"
        " for 15 minutes and for five tries.",
    )
    issue_password_reset = _field(
        password_resets.issue_password_reset,
        reset_views.IssuePasswordResetResult,
        "Makes a code for a borrower who stands in front of the operator. It replaces the borrower's earlier codes."
        " Check the person's identity first: the code gives access to the account.",
    )
    delete_me = _field(
        profile.delete_me,
        profile_views.DeleteMeResult,
        "Erases the borrower's personal data, keeps the books, and ends every session, once the last loan is closed."
        " Takes the password of an account that has one. It cannot be undone: ask for confirmation.",
    )
    apply_loan = _field(
        loans.apply_loan,
        applications.ApplyLoanResult,
        "Decides an application at once, and disburses an approved loan at once. With a requestId it is safe to repeat:"
        " the first answer, a loan or a refusal, is given again. Without one, a repeated request makes a second loan.",
    )
    make_payment = _field(
        payments.make_payment,
        loan_views.MakePaymentResult,
        "Pays on the borrower's own loan, or for an operator on any loan. With a transactionId it is safe to repeat.",
    )
    operate = _field(
        operations.operate,
        operation_views.OperateResult,
        "Runs one operation on a loan: reverses an event, moves a payment to another loan, or refunds credit. Safe to"
        " repeat with the same requestId.",
    )
    trigger_billing = _field(
        billing.trigger_billing,
        billing_views.TriggerBillingResult,
        "Starts the billing run of a date, or finds it. It runs in the background, and Subscription.billingProgress"
        " shows its progress. Safe to repeat.",
    )
    set_business_date = _field(
        billing.set_business_date,
        billing_views.SetBusinessDateResult,
        "In a sandbox only: moves the business date forward, for all accounts.",
    )
    create_sample_accounts = _field(
        sample_accounts.create_sample_accounts,
        CreateSampleAccountsResult,
        "In a sandbox only: makes a borrower with three loans and an operator, both with public passwords. Safe to"
        " repeat: a changed password becomes the public one again.",
    )


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
