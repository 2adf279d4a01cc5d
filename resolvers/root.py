"""The schema: every operation by name, and what each operation passes through."""

import asyncio
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from resolvers import accounts, billing, loans, payments, policy, portfolio, quotes, sessions, statements, users
from resolvers.errors import Refusing, present, timed_out
from resolvers.queries import Known
from resolvers.telling import tell
from schema import accounts as account_views
from schema import billing as billing_views
from schema import loans as loan_views
from schema import portfolio as portfolio_views
from schema import users as user_views
from schema.policy import Policy
from schema.scalars import SCALARS
from schema.statements import Statement


@strawberry.type
class Query:
    business_date = strawberry.field(resolver=billing.business_date)
    quote = strawberry.field(
        resolver=quotes.quote,
        graphql_type=loan_views.QuoteResult,
        description="Public. What a loan would cost, before applying.",
    )
    policy = strawberry.field(
        resolver=policy.policy, graphql_type=Policy, description="Public. What the lender lends, and to whom."
    )
    me = strawberry.field(
        resolver=users.me,
        graphql_type=user_views.User,
        description="The signed-in person. UNAUTHENTICATED without a valid token.",
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
        resolver=billing.billing_run, graphql_type=billing_views.BillingRun | None, description="Operators only."
    )
    portfolio = strawberry.field(
        resolver=portfolio.portfolio,
        graphql_type=portfolio_views.Portfolio | None,
        description="Operators only. The book at the end of a date, by default and at the latest the business date.",
    )
    user = strawberry.field(resolver=users.user, graphql_type=user_views.User | None, description="Operators only.")


@strawberry.type
class Mutation:
    register_user = strawberry.mutation(resolver=users.register_user, graphql_type=user_views.RegisterUserResult)
    login = strawberry.mutation(resolver=sessions.login, graphql_type=user_views.LoginResult)
    refresh_session = strawberry.mutation(
        resolver=sessions.refresh_session, graphql_type=user_views.RefreshSessionResult
    )
    logout = strawberry.mutation(resolver=sessions.logout, description="Ends the session, on every device it is on.")
    set_password = strawberry.mutation(
        resolver=accounts.set_password,
        graphql_type=account_views.SetPasswordResult,
        description="For an account without a password.",
    )
    change_password = strawberry.mutation(
        resolver=accounts.change_password,
        graphql_type=account_views.ChangePasswordResult,
        description="Ends every other session of the account.",
    )
    delete_me = strawberry.mutation(
        resolver=accounts.delete_me,
        graphql_type=account_views.DeleteMeResult,
        description="Once the last loan is closed: erases the person, keeps the books, ends every session. "
        "Takes the password of an account that has one.",
    )
    apply_loan = strawberry.mutation(
        resolver=loans.apply_loan,
        graphql_type=loan_views.ApplyLoanResult,
        description="Judged at once; an approved loan is disbursed at once.",
    )
    make_payment = strawberry.mutation(
        resolver=payments.make_payment,
        graphql_type=loan_views.MakePaymentResult,
        description="By the borrower, or by an operator for any loan. With a transactionId it is safe to try again.",
    )
    trigger_billing = strawberry.mutation(
        resolver=billing.trigger_billing,
        graphql_type=billing_views.TriggerBillingResult,
        description="Operators only. Starts (or finds) the billing run of a date; it is done in the background.",
    )
    set_business_date = strawberry.mutation(
        resolver=billing.set_business_date,
        graphql_type=billing_views.SetBusinessDateResult,
        description="Operators only, and only in a sandbox: moves the business date forward.",
    )


@strawberry.type
class Subscription:
    credit_score = strawberry.subscription(
        resolver=users.credit_score,
        graphql_type=user_views.User,
        description="The signed-in person, once now and again when the credit score changes.",
    )
    billing_progress = strawberry.subscription(
        resolver=billing.billing_progress,
        graphql_type=billing_views.BillingRun,
        description="Operators only. A billing run, at each step until it ends.",
    )


class _Schema(strawberry.Schema):
    async def _execute_operation(self, execution_context: ExecutionContext, *rest: Any) -> Any:
        # A query or a mutation, on whatever transport; what a subscription waits for may take its time.
        try:
            async with asyncio.timeout(execution_context.context.settings.request_seconds) as limit:
                return await super()._execute_operation(execution_context, *rest)
        except TimeoutError:
            if not limit.expired():
                raise
            return ExecutionResult(data=None, errors=[timed_out()])

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        # Every error of every transport passes here; those that break an operation off pass no extension.
        context = execution_context.context if execution_context else None
        present(errors, suggesting=context is not None and context.settings.sandbox)


schema: Any = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[Known],
    exception_handlers=[Refusing()],
)
tell(schema._schema)


def printed() -> str:
    """The schema as text, as it is checked in."""
    return f"{schema.as_str()}\n"
