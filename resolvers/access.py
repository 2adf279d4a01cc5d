"""Access is declared on each operation. A declaration checks the viewer, and opens the operation's description."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from enum import StrEnum
from functools import wraps
from inspect import isasyncgenfunction
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from models.reads import Read
from resolvers.context import Info
from rules.refusals import ProblemCode
from schema.users import Role

# Called with the info, a viewer whose account is not checked yet, and the operation's arguments by name. It must refuse
# nothing. It returns None where the resolver begins with another read, or with none.
FirstRead = Callable[..., Read[Any] | None]

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class Decorator(Protocol):
    def __call__(self, resolver: Resolver, /) -> Resolver: ...


class Audience(StrEnum):
    """The callers of an operation, in the words of its description."""

    PUBLIC = "Public."
    SIGNED_IN = "Signed-in accounts only."
    BORROWERS = "Borrowers only."
    OPERATORS = "Operators only."


_ROLES = {Audience.SIGNED_IN: None, Audience.BORROWERS: Role.BORROWER, Audience.OPERATORS: Role.OPERATOR}


class Declaration(NamedTuple):
    """The audience of an operation, and the codes of the refusals that it answers."""

    audience: Audience
    refusals: tuple[ProblemCode, ...]


def public(*refusals: ProblemCode) -> Decorator:
    """Declare an operation that needs no token."""

    def declare(resolver: Resolver, /) -> Resolver:
        return cast(Resolver, _declared(resolver, Declaration(Audience.PUBLIC, refusals)))

    return declare


def signed_in(*refusals: ProblemCode, first_read: FirstRead | None = None, cookie_suffices: bool = False) -> Decorator:
    """Declare an operation for borrowers and operators. The rows that a borrower may see are the resolver's matter.

    `first_read` makes, from the operation's own arguments, the read that its resolver begins with. The statement that
    checks the account runs it too, and the resolver gets its result after the check, by `context.read`.

    `cookie_suffices`: a request with the cookie of a session is not checked, and has no viewer.
    """
    return _restricted(Declaration(Audience.SIGNED_IN, refusals), first_read, cookie_suffices=cookie_suffices)


def borrowers_only(*refusals: ProblemCode) -> Decorator:
    return _restricted(Declaration(Audience.BORROWERS, refusals))


def operators_only(*refusals: ProblemCode) -> Decorator:
    return _restricted(Declaration(Audience.OPERATORS, refusals))


async def operator_required(info: Info) -> None:
    """Admit only an operator to a part of a public operation.

    Raises:
        GraphQLError: UNAUTHENTICATED or FORBIDDEN.
    """
    await info.context.admit(Role.OPERATOR)


def declaration(resolver: Callable[..., Any]) -> Declaration:
    """The declaration of a resolver.

    Raises:
        TypeError: the resolver has none.
    """
    found = getattr(resolver, "declaration", None)
    if not isinstance(found, Declaration):
        raise TypeError(f"{resolver.__module__}.{resolver.__name__} declares no access (resolvers/access.py)")
    return found


def described(resolver: Callable[..., Any], text: str) -> str:
    """The description of an operation: its audience, what it does, and its refusals."""
    audience, refusals = declaration(resolver)
    refused = f" Refused with {_listed(refusals)}." if refusals else ""
    return f"{audience} {text}{refused}"


def _listed(codes: tuple[ProblemCode, ...]) -> str:
    *others, last = codes
    return f"{', '.join(others)} or {last}" if others else str(last)


def _restricted(
    declared: Declaration, first_read: FirstRead | None = None, *, cookie_suffices: bool = False
) -> Decorator:
    role = _ROLES[declared.audience]

    def declare(resolver: Resolver, /) -> Resolver:
        call: Callable[..., Awaitable[Any]] = resolver

        @wraps(resolver)
        async def checked(info: Info, **arguments: Any) -> Any:
            if cookie_suffices and info.context.cookie is not None and info.context.cookie.token:
                return await call(info, **arguments)
            if first_read is None:
                await info.context.admit(role)
            else:
                await info.context.admit(role, lambda viewer: first_read(info, viewer, **arguments))
            return await call(info, **arguments)

        @wraps(resolver)
        async def checked_events(info: Info, **arguments: Any) -> Any:
            await info.context.admit(role)
            async with aclosing(resolver(info, **arguments)) as events:
                async for event in events:
                    yield event

        wrapper: Any = checked_events if isasyncgenfunction(resolver) else checked
        return cast(Resolver, _declared(wrapper, declared))

    return declare


def _declared(resolver: Any, declared: Declaration) -> Any:
    resolver.declaration = declared
    return resolver
