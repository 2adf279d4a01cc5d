"""The GraphQL schema lists every operation by name, with its resolver and its description."""

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.graphql.execution import Schema
from api.graphql.executor import CountingExecutor
from api.graphql.instrumentation import instrument
from api.graphql.query_cache import CachedParsing
from resolvers import billing, loans, payments, policy, portfolio, quotes, sessions, statements, users
from resolvers import profile as accounts
from resolvers.errors import RefusalHandler
from schema import billing as billing_views
from schema import loans as loan_views
from schema import portfolio as portfolio_views
from schema import profile as account_views
from schema import users as user_views
from schema.descriptions import explain_inputs
from schema.policy import Policy
from schema.scalars import SCALARS
from schema.statements import Statement


@strawberry.type(description="Reads data. One request may ask for up to 20 of these fields.")
class Query:
    business_date = strawberry.field(
        resolver=billing.business_date,
        description=(
            "Public. The date that all rules use: today in the lender's time zone or, in a sandbox, a date of its own."
        ),
    )
    quote = strawberry.field(
        resolver=quotes.quote,
        graphql_type=loan_views.QuoteResult,
        description=(
            "Public. The cost of a loan, before applying for it. Refused with AMOUNT_TOO_LOW, AMOUNT_TOO_HIGH,"
            " TERM_OUT_OF_RANGE and RATE_OUT_OF_RANGE."
        ),
    )
    policy = strawberry.field(
        resolver=policy.policy,
        graphql_type=Policy,
        description="Public. The lender's limits for loans and borrowers.",
    )
    me = strawberry.field(
        resolver=users.me,
        graphql_type=user_views.User,
        description="Borrowers only. The signed-in borrower. UNAUTHENTICATED without a valid token.",
    )
    loan = strawberry.field(
        resolver=loans.loan,
        graphql_type=loan_views.Loan | None,
        description="A borrower's own loan; any loan for an operator. Null if it is unknown or belongs to another.",
    )
    statement = strawberry.field(
        resolver=statements.statement,
        graphql_type=Statement | None,
        description="The statement of a loan on the business date, for the same accounts as `loan`; null as there.",
    )
    billing_run = strawberry.field(
        resolver=billing.billing_run,
        graphql_type=billing_views.BillingRun | None,
        description="Operators only. A billing run and its progress; null if there is none of that id.",
    )
    portfolio = strawberry.field(
        resolver=portfolio.portfolio,
        graphql_type=portfolio_views.Portfolio | None,
        description="Operators only. The book at the end of a date: by default and at the latest, the business date.",
    )
    user = strawberry.field(
        resolver=users.user,
        graphql_type=user_views.User | None,
        description="Operators only. A borrower; null if there is none of that id.",
    )


@strawberry.type(
    description=(
        "Changes data. One request may ask for one of these fields. A rule that forbids the change answers with a"
        " Refusal: it has every reason, and nothing was changed."
    )
)
class Mutation:
    register_user = strawberry.mutation(
        resolver=users.register_user,
        graphql_type=user_views.RegisterUserResult,
        description=(
            "Public. Creates an account and signs in. The credit score follows a moment later, by"
            " Subscription.creditScore. Refused with INVALID_NAME, INVALID_EMAIL, INVALID_AADHAAR, INVALID_ADDRESS,"
            " INVALID_PHONE, INVALID_INCOME, WEAK_PASSWORD, INVALID_CONSENT, and then EMAIL_TAKEN and AADHAAR_TAKEN, or"
            " TOO_MANY_ATTEMPTS if these two were answered too often."
        ),
    )
    login = strawberry.mutation(
        resolver=sessions.login,
        graphql_type=user_views.LoginResult,
        description="Public. Opens a session. Refused with BAD_CREDENTIALS or TOO_MANY_ATTEMPTS.",
    )
    refresh_session = strawberry.mutation(
        resolver=sessions.refresh_session,
        graphql_type=user_views.RefreshSessionResult,
        description=(
            "Public. Exchanges a refresh token for the next pair of tokens, once. For ten seconds, sending it again"
            " returns the same refresh token; after that it ends the session. Refused with SESSION_EXPIRED."
        ),
    )
    logout = strawberry.mutation(
        resolver=sessions.logout,
        description="Ends the session at once, on every device that uses it. UNAUTHENTICATED without a valid token.",
    )
    set_password = strawberry.mutation(
        resolver=accounts.set_password,
        graphql_type=account_views.SetPasswordResult,
        description=(
            "Borrowers only. For an account without a password. Refused with WEAK_PASSWORD or PASSWORD_ALREADY_SET."
        ),
    )
    change_password = strawberry.mutation(
        resolver=accounts.change_password,
        graphql_type=account_views.ChangePasswordResult,
        description=(
            "Ends every other session of the account; the current one goes on. Refused with WEAK_PASSWORD, or with"
            " BAD_CREDENTIALS or TOO_MANY_ATTEMPTS for the current password."
        ),
    )
    delete_me = strawberry.mutation(
        resolver=accounts.delete_me,
        graphql_type=account_views.DeleteMeResult,
        description=(
            "Borrowers only. Erases the person, keeps the books and ends every session, once the last loan is closed."
            " Requires the password if the account has one. It cannot be undone: confirm it first. Refused with"
            " BAD_CREDENTIALS, TOO_MANY_ATTEMPTS or LOANS_OPEN."
        ),
    )
    apply_loan = strawberry.mutation(
        resolver=loans.apply_loan,
        graphql_type=loan_views.ApplyLoanResult,
        description=(
            "Borrowers only. Decided at once; an approved loan is disbursed at once. With a requestId it is safe to"
            " send again: the first answer is repeated, the loan or the refusal. Without one, each request is another"
            " loan."
            " Refused with every code that applies of INVALID_REQUEST_ID, CREDIT_SCORE_PENDING, CREDIT_SCORE_TOO_LOW,"
            " INCOME_MISSING, INCOME_TOO_LOW, AMOUNT_TOO_LOW, AMOUNT_TOO_HIGH, TERM_OUT_OF_RANGE, RATE_OUT_OF_RANGE,"
            " EXPOSURE_TOO_HIGH, TOO_MANY_LOANS and HAS_PAST_DUE, or with REQUEST_ID_CONFLICT."
        ),
    )
    make_payment = strawberry.mutation(
        resolver=payments.make_payment,
        graphql_type=loan_views.MakePaymentResult,
        description=(
            "Borrowers pay their own loans, operators any loan. With a transactionId it is safe to send again. Refused"
            " with LOAN_NOT_FOUND, AMOUNT_TOO_LOW, AMOUNT_EXCEEDS_PAYOFF, LOAN_CLOSED, PAYMENT_DATE_TOO_EARLY,"
            " PAYMENT_DATE_IN_FUTURE, INVALID_TRANSACTION_ID, TRANSACTION_ID_CONFLICT or DUPLICATE_PAYMENT."
        ),
    )
    trigger_billing = strawberry.mutation(
        resolver=billing.trigger_billing,
        graphql_type=billing_views.TriggerBillingResult,
        description=(
            "Operators only. Starts the billing run of a date, or finds it. The run goes on in the background, and"
            " Subscription.billingProgress shows its progress. Safe to send again. Refused with"
            " BILLING_DATE_IN_FUTURE."
        ),
    )
    set_business_date = strawberry.mutation(
        resolver=billing.set_business_date,
        graphql_type=billing_views.SetBusinessDateResult,
        description=(
            "Operators only, and only in a sandbox. Moves the business date forward for all users. Refused with"
            " NOT_A_SANDBOX or BUSINESS_DATE_IN_PAST."
        ),
    )


@strawberry.type(
    description=(
        "Sends events, by WebSocket (graphql-transport-ws) or server-sent events. After a lost connection, subscribe"
        " again: the first event is the current state."
    )
)
class Subscription:
    credit_score = strawberry.subscription(
        resolver=users.credit_score,
        graphql_type=user_views.User,
        description="Borrowers only. The signed-in borrower, at once and again when the credit score changes.",
    )
    billing_progress = strawberry.subscription(
        resolver=billing.billing_progress,
        graphql_type=billing_views.BillingRun,
        description=(
            "Operators only. A billing run at each step, until it ends: then the subscription completes. BAD_USER_INPUT"
            " if there is no run of that id."
        ),
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
    """The schema as text, as it is checked in as schema.graphql."""
    return f"{schema.as_str()}\n"
