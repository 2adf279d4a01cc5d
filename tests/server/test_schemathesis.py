"""Schemathesis asks for everything the schema has, with values that fit it and values that do not: nothing breaks."""

import asyncio
from typing import Any

import pytest
import schemathesis
from graphql import build_schema
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as profile
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.graphql import nodes

from resolvers.root import printed
from tests.conftest import lent, operating, registered
from tests.server.test_subscriptions import Server, server

# Used by name, as a fixture.
__all__ = ["server"]

EXAMPLES = 6
SECONDS = 30

CODES = {"BAD_USER_INPUT", "UNAUTHENTICATED", "FORBIDDEN"}

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_numbers = st.decimals(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:.2f}")
for _name, _values in {
    "Money": st.one_of(_numbers, st.sampled_from(["1", "0.001", "1e400", "NaN", "-0", "٣"]), _texts),
    "Percent": st.one_of(_numbers, st.sampled_from(["10.5", "0", "1e-9", "Infinity"]), _texts),
    "Date": st.one_of(st.dates().map(str), st.sampled_from(["2026-02-30", "0000-01-01", "9999-12-31"]), _texts),
}.items():
    schemathesis.graphql.scalar(_name, _values.map(nodes.String))

SCHEMA = schemathesis.graphql.from_file(printed())
OPERATIONS: list[Any] = [result.ok() for result in SCHEMA.get_all_operations()]  # type: ignore[union-attr]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def ask_everything(address: str, tokens: list[str]) -> int:
    """Ask for each operation with each kind of values; how many answers there were."""
    answers = 0
    for mode in MODES:
        for operation in OPERATIONS:

            @seed(1)
            @profile(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode), token=st.sampled_from(tokens))
            def asked(case: Any, token: str) -> None:
                nonlocal answers
                headers = {"Authorization": f"Bearer {token}"}
                response = case.call(base_url=f"http://{address}/graphql", headers=headers, timeout=SECONDS)
                answers += 1
                assert response.status_code < 500, (response.text, case.body)
                assert response.headers["content-type"][0].startswith("application/json"), case.body
                errors = response.json().get("errors") or []
                assert {error["extensions"]["code"] for error in errors} <= CODES, (errors, case.body)

            asked()
    return answers


async def test_schemathesis_finds_nothing(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    borrower, operator = await registered(server.client), await operating(server.client)
    await lent(borrower)
    roots = build_schema(printed())
    assert len(OPERATIONS) == sum(len(root.fields) for root in (roots.query_type, roots.mutation_type) if root)
    answers = await asyncio.to_thread(ask_everything, server.address, [borrower.token, operator.token, ""])
    assert answers >= len(OPERATIONS) * EXAMPLES
    assert [record for record in caplog.records if record.name.startswith("kist") and record.levelno >= 40] == []
