"""Schemathesis executes all of the schema, with valid and invalid values: no request causes an internal error."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import schemathesis
from graphql import build_schema
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as profile
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.graphql import nodes

from api.graphql.root import printed
from models.operators import Operator
from models.users import User
from resolvers.session_opening import open_session
from settings import Settings
from tests.api.subscribing import Server
from tests.builders import OPERATOR_HASH, lent, operating, registered, unlimited

EXAMPLES = 8
ROUNDS = 6
SECONDS = 30

# schemathesis does not know @oneOf, and sends such inputs with several members or none. An explanation and a what-if
# answer a loan that does not exist with an error. Tests of their own reach these operations.
UNREACHED = {"Mutation.operate", "Query.preview", "Query.explain", "Query.whatIf"}

CODES = {"BAD_USER_INPUT", "UNAUTHENTICATED", "FORBIDDEN"}

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_numbers = st.decimals(0, 60_000, places=2).map(str)
# Most values are those of a real person. Others are rejected early, and reach less of the code.
for _name, _likely, _others in (
    ("Money", _numbers, ["0.001", "1e400", "NaN", "-0", "٣", "999999999999.99", "9" * 5000]),
    ("Percent", st.sampled_from(["10.5", "0", "36"]), ["1e-9", "Infinity", "37"]),
    ("Date", st.dates(date(2025, 12, 1), date(2026, 3, 1)).map(str), ["2026-02-30", "0001-01-01", "9999-12-31"]),
):
    _values = st.one_of(_likely, _likely, _likely, st.sampled_from(_others), _texts)
    schemathesis.graphql.scalar(_name, _values.map(nodes.String))

SCHEMA = schemathesis.graphql.from_file(printed())
OPERATIONS: list[Any] = [result.ok() for result in SCHEMA.get_all_operations()]  # type: ignore[union-attr]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


class Asking:
    """Executes each operation with each kind of values, as every kind of caller, and counts the answers."""

    def __init__(self, address: str, session: Callable[[str], str]) -> None:
        self.address, self.session = address, session
        self.answers = 0
        # The operations that succeeded. Requests without a session, or with invalid values, do not.
        self.done: set[str] = set()

    def everything(self) -> None:
        for mode in MODES:
            for operation in OPERATIONS:
                self.operation(operation, mode, 1)
        # Chance chooses the values and the caller. An operation that did not succeed is asked again, with other values.
        for number in range(2, ROUNDS + 1):
            for operation in OPERATIONS:
                if operation.label not in self.done | UNREACHED:
                    self.operation(operation, GenerationMode.POSITIVE, number)

    def operation(self, operation: Any, mode: GenerationMode, number: int) -> None:
        # A session of its own, because one of the operations ends it.
        tokens = {who: self.session(who) for who in ("borrower", "operator")}

        @seed(number)
        @profile(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), who=st.sampled_from([*tokens, "nobody"]))
        def asked(case: Any, who: str) -> None:
            headers = {"Authorization": f"Bearer {tokens.get(who, '')}"}
            response = case.call(base_url=f"http://{self.address}/graphql", headers=headers, timeout=SECONDS)
            self.answers += 1
            assert response.status_code < 500, (response.text, case.body)
            assert response.headers["content-type"][0].startswith("application/json"), case.body
            errors = response.json().get("errors") or []
            assert {error["extensions"]["code"] for error in errors} <= CODES, (errors, case.body)
            if not errors:
                self.done.add(operation.label)

        asked()


async def test_schemathesis_finds_nothing(server: Server, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    borrower = await registered(server.client)
    await operating(server.client)
    await lent(borrower)
    # Without a password, any session of the account may erase it.
    await User.all().update(password_hash=OPERATOR_HASH)
    accounts: dict[str, User | Operator] = {"borrower": await User.get(), "operator": await Operator.get()}
    loop = asyncio.get_running_loop()

    def session(who: str) -> str:
        opened = asyncio.run_coroutine_threadsafe(open_session(settings, accounts[who]), loop)
        return opened.result(SECONDS).access_token

    roots = build_schema(printed())
    assert len(OPERATIONS) == sum(len(root.fields) for root in (roots.query_type, roots.mutation_type) if root)
    asking = Asking(server.address, session)
    await asyncio.to_thread(asking.everything)
    assert asking.answers >= len(OPERATIONS) * EXAMPLES
    assert asking.done | UNREACHED == {operation.label for operation in OPERATIONS}
    assert [record for record in caplog.records if record.name.startswith("kist") and record.levelno >= 40] == []
