"""The schema: every operation by name."""

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


@strawberry.type(description="What can be asked. Up to 20 things in one request.")
class Query:
    business_date = strawberry.field(
        resolver=billing.business_date,
        description=(
            "Public. The date that everything goes by: today where the lender is, or, in a sandbox, one of its own."
        ),
    )
    quote = strawberry.field(
        resolver=quotes.quote,
        graphql_type=loan_views.QuoteResult,
        description=(
            "Public. What a loan would cost, before applying. Refused with AMOUNT_TOO_LOW, AMOUNT_TOO_HIGH,"
            " TERM_OUT_OF_RANGE and RATE_OUT_OF_RANGE."
        ),
    )
    policy = strawberry.field(
        resolver=policy.policy, graphql_type=Policy, description="Public. What the lender lends, and to whom."
    )
    me = strawberry.field(
        resolver=users.me,
        graphql_type=user_views.User,
        description="Borrowers only. The signed-in person. UNAUTHENTICATED without a valid token.",
    )
    loan = strawberry.field(
        resolver=loans.loan,
        graphql_type=loan_views.Loan | None,
        description="One's own loan; any loan for an operator; null for anybody else's or none.",
    )
    statement = strawberry.field(
        resolver=statements.statement,
        graphql_type=Statement | None,
        description="The statement of one's own loan, as it stands on the business date; null as for loan.",
    )
    billing_run = strawberry.field(
        resolver=billing.billing_run,
        graphql_type=billing_views.BillingRun | None,
        description="Operators only. A billing run as it stands; null where there is none.",
    )
    portfolio = strawberry.field(
        resolver=portfolio.portfolio,
        graphql_type=portfolio_views.Portfolio | None,
        description="Operators only. The book at the end of a date, by default and at the latest the business date.",
    )
    user = strawberry.field(
        resolver=users.user,
        graphql_type=user_views.User | None,
        description="Operators only. A borrower; null where there is none.",
    )


@strawberry.type(
    description=(
        "What can be done, one thing in one request. An expected no is a Refusal: every reason at once, and nothing was"
        " changed."
    )
)
class Mutation:
    register_user = strawberry.mutation(
        resolver=users.register_user,
        graphql_type=user_views.RegisterUserResult,
        description=(
            "Public. Makes an account and signs in; the credit score comes a moment later, by"
            " Subscription.creditScore. Refused with INVALID_NAME, INVALID_EMAIL, INVALID_AADHAAR, INVALID_ADDRESS,"
            " INVALID_PHONE, INVALID_INCOME, WEAK_PASSWORD, INVALID_CONSENT, and then EMAIL_TAKEN and AADHAAR_TAKEN, or"
            " TOO_MANY_ATTEMPTS where these two were answered too often."
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
            "Public. Turns a refresh token into the next pair of tokens, once; for ten seconds whoever sends it again"
            " is given the same refresh token. One that comes back later ends its session. Refused with"
            " SESSION_EXPIRED."
        ),
    )
    logout = strawberry.mutation(
        resolver=sessions.logout,
        description="Ends the session, on every device it is on, at once. Always true, where there was one to end.",
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
            "Ends every other session of the account; this one goes on. Refused with WEAK_PASSWORD, or with"
            " BAD_CREDENTIALS or TOO_MANY_ATTEMPTS for the old one."
        ),
    )
    delete_me = strawberry.mutation(
        resolver=accounts.delete_me,
        graphql_type=account_views.DeleteMeResult,
        description=(
            "Borrowers only. Once the last loan is closed: erases the person, keeps the books, ends every session."
            " Takes the password of an account that has one. It cannot be undone: ask twice. Refused with"
            " BAD_CREDENTIALS, TOO_MANY_ATTEMPTS or LOANS_OPEN."
        ),
    )
    apply_loan = strawberry.mutation(
        resolver=loans.apply_loan,
        graphql_type=loan_views.ApplyLoanResult,
        description=(
            "Borrowers only. Judged at once; an approved loan is disbursed at once. Safe to send again with a"
            " requestId: the first answer is given again, the loan or the refusal. Without one, sent twice, it is two"
            " loans."
            " Refused with every one that is so of INVALID_REQUEST_ID, CREDIT_SCORE_PENDING, CREDIT_SCORE_TOO_LOW,"
            " INCOME_MISSING, INCOME_TOO_LOW, AMOUNT_TOO_LOW, AMOUNT_TOO_HIGH, TERM_OUT_OF_RANGE, RATE_OUT_OF_RANGE,"
            " EXPOSURE_TOO_HIGH, TOO_MANY_LOANS and HAS_PAST_DUE, or with REQUEST_ID_CONFLICT."
        ),
    )
    make_payment = strawberry.mutation(
        resolver=payments.make_payment,
        graphql_type=loan_views.MakePaymentResult,
        description=(
            "By the borrower, or by an operator for any loan. With a transactionId it is safe to try again. Refused"
            " with LOAN_NOT_FOUND, AMOUNT_TOO_LOW, AMOUNT_EXCEEDS_PAYOFF, LOAN_CLOSED, PAYMENT_DATE_TOO_EARLY,"
            " PAYMENT_DATE_IN_FUTURE, INVALID_TRANSACTION_ID, TRANSACTION_ID_CONFLICT or DUPLICATE_PAYMENT."
        ),
    )
    trigger_billing = strawberry.mutation(
        resolver=billing.trigger_billing,
        graphql_type=billing_views.TriggerBillingResult,
        description=(
            "Operators only. Starts (or finds) the billing run of a date; it is done in the background:"
            " Subscription.billingProgress shows how far it is. Safe to send again. Refused with"
            " BILLING_DATE_IN_FUTURE."
        ),
    )
    set_business_date = strawberry.mutation(
        resolver=billing.set_business_date,
        graphql_type=billing_views.SetBusinessDateResult,
        description=(
            "Operators only, and only in a sandbox: moves the business date forward, for everybody. Refused with"
            " NOT_A_SANDBOX or BUSINESS_DATE_IN_PAST."
        ),
    )


@strawberry.type(
    description=(
        "What can be watched, by WebSocket (graphql-transport-ws) or server-sent events. After a lost connection,"
        " subscribe again: the first event is how things stand."
    )
)
class Subscription:
    credit_score = strawberry.subscription(
        resolver=users.credit_score,
        graphql_type=user_views.User,
        description="Borrowers only. The signed-in person, once now and again when the credit score changes.",
    )
    billing_progress = strawberry.subscription(
        resolver=billing.billing_progress,
        graphql_type=billing_views.BillingRun,
        description=(
            "Operators only. A billing run, at each step until it ends: then the subscription completes. BAD_USER_INPUT"
            " where there is no such run."
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
    """The schema as text, as it is checked in."""
    return f"{schema.as_str()}\n"
