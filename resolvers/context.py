"""The context of an operation: its viewer and its business date, each determined once, at first use, and its rows."""

from datetime import UTC, date, datetime
from typing import Any, TypeAlias, TypeVar

import strawberry

from auth import tokens
from auth.budgets import RequestBudget
from auth.tokens import Claims
from models import audit, business_date, reads, viewers
from models.reads import Read
from resolvers.rows import Rows
from resolvers.session_cookie import SessionCookie
from resolvers.viewer import FirstRead, Viewer, bearer, no_read
from rules import networks
from rules.audit import Actor, Origin
from schema.errors import forbidden, unauthenticated
from schema.users import Role
from settings import Settings
from telemetry import request_id, request_summary

T = TypeVar("T")


class RequestContext(Rows):
    """The context of one operation. Each operation on a WebSocket takes a fresh copy of the connection's context."""

    def __init__(
        self, settings: Settings, authorization: str | None, address: str = "", budget: RequestBudget | None = None
    ) -> None:
        super().__init__(settings)
        self._budget = budget
        # The client's address; empty for a Unix socket.
        self.address = address
        # The payload of a WebSocket's connection_init. It carries the token, because browsers cannot set headers there.
        self.connection_params: object = None
        # The cookie of a browser's session; None for all requests but those to /graphql/session.
        self.cookie: SessionCookie | None = None
        self._authorization = authorization
        self._admits: Role | None = None
        self.forget()

    def fresh(self) -> "RequestContext":
        operation = RequestContext(self.settings, self._authorization, self.address, self._budget)
        operation.connection_params = self.connection_params
        operation.cookie = self.cookie
        return operation

    def forget(self) -> None:
        """Drop all cached values before an event of a subscription: its session or the date may have changed."""
        self.forget_rows()
        self._first_results: dict[Read[Any], Any] = {}
        self._viewer: Viewer | None = None
        self._today: date | None = None

    @property
    def today(self) -> date:
        """The business date. `admit` or `business_date` must have loaded it."""
        assert self._today is not None, "the business date has not been loaded"
        return self._today

    @property
    def known_today(self) -> date | None:
        """The business date; None before `admit` in a sandbox, whose date is in the database."""
        return self._today or (None if self.settings.sandbox else self.settings.calendar_date())

    @property
    def origin(self) -> Origin:
        """The origin for the audit log. Its actor is NOBODY until `admit` has authenticated the caller."""
        where = request_id.get(), networks.shown(self.address[: networks.LONGEST_SHOWN])
        if self._viewer is None:
            return Origin(Actor.NOBODY, None, *where)
        return Origin(Actor(self._viewer.role.value), self._viewer.id, *where)

    @property
    def budget(self) -> RequestBudget | None:
        """The budget that pays for the request; None if requests are not counted."""
        # A WebSocket's network pays until connection_init names an account.
        if self._budget is None or self._authorization is not None or self.connection_params is None:
            return self._budget
        claims, budgets = bearer(self.settings, self._credentials()), self._budget.budgets
        return RequestBudget(budgets, budgets.payer(claims, self.address), claims)

    @property
    def is_signed(self) -> bool:
        """Whether the request has a valid token. The account may have changed since its time of issue."""
        return self._claims() is not None

    def spend(self, cost: int) -> None:
        """Raises: GraphQLError: TOO_MANY_REQUESTS, if the budget of the account or the network is used up."""
        if budget := self.budget:
            budget.spend(cost)

    def spend_of(self, role: Role, account: int, cost: int) -> None:
        """Charge an account, although the request has no token of it.

        Raises:
            GraphQLError: TOO_MANY_REQUESTS, if the account's budget is used up.
        """
        if budget := self._budget:
            budget._replace(payer=budget.budgets.of_account(role, account)).spend(cost)

    async def business_date(self) -> date:
        if self._today is None:
            self._take_date(await business_date.stored() if self.settings.sandbox else None)
        return self.today

    @property
    def viewer(self) -> Viewer:
        """The account that was admitted, in an operation that is not public."""
        assert self._viewer is not None, "the operation declares no access, or is public"
        return self._viewer

    async def admit(self, role: Role | None, first_read: FirstRead = no_read) -> None:
        """Authenticate the caller. resolvers/access.py calls this before it calls a resolver.

        The statement that reads the account also runs the operation's first read, whose result waits for `read`.

        Raises:
            GraphQLError: UNAUTHENTICATED without a valid token of an account that is unchanged, or FORBIDDEN for an
                account of another role.
        """
        self._admits = role
        if self._viewer is None:
            self._viewer = await self._authenticated(role, first_read)
        if role is not None and self._viewer.role is not role:
            await audit.record_forbidden(self.origin, self._viewer.family)
            raise forbidden()

    async def readmit(self) -> None:
        """Authenticate the caller of a subscription again, before each event: the session may have ended.

        Raises:
            GraphQLError: UNAUTHENTICATED or FORBIDDEN.
        """
        self.forget()
        await self.admit(self._admits)

    async def read(self, read: Read[T]) -> T:
        """The result of a read: for the first time the one that the account's statement brought, if it ran there."""
        if read in self._first_results:
            result: T = self._first_results.pop(read)
            return result
        return await reads.run(read)

    async def _authenticated(self, role: Role | None, first_read: FirstRead) -> Viewer:
        claims = self._claims()
        if claims is None:
            raise unauthenticated()
        viewer = Viewer(claims.account, claims.role, claims.family)
        read = first_read(viewer) if role in (None, viewer.role) else None
        of_role = viewers.borrower if viewer.role is Role.BORROWER else viewers.operator
        account, rows = await of_role(viewer.id, viewer.family, read)
        if account is None or not account.is_active or not account.family_is_live:
            raise unauthenticated()
        if not tokens.matches(claims, account.aadhaar_digest):
            raise unauthenticated()
        self._take_date(account.business_date if self.settings.sandbox else None)
        if (about := request_summary.get()) is not None:
            about.account = f"{claims.role.name.lower()} {claims.account}"
        # After this point the account is valid: no result of a read is kept for any other.
        if read is not None:
            self._first_results[read] = read.result(rows)
        return viewer

    def _claims(self) -> Claims | None:
        if self._authorization is None or self._budget is None:
            return bearer(self.settings, self._credentials())
        # The budget has the verified claims. They may have expired since.
        claims = self._budget.claims
        return claims if claims is not None and claims.expires_at > datetime.now(UTC) else None

    def _credentials(self) -> object:
        """The `Authorization` of the request, or else of the connection."""
        if self._authorization is None and isinstance(self.connection_params, dict):
            parameters = {str(name).lower(): value for name, value in self.connection_params.items()}
            return parameters.get("authorization")
        return self._authorization

    def _take_date(self, stored: date | None) -> None:
        self._today = stored or self.settings.calendar_date()


Info: TypeAlias = strawberry.Info[RequestContext, None]
