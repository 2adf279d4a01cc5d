"""A check that schemathesis loads: the API never answers BAD_USER_INPUT to a request that fits the description."""

from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode


@schemathesis.check
def what_fits_is_understood(ctx: Any, response: Any, case: Any) -> None:
    if response.status_code == 400 and case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        codes = {problem["code"] for problem in response.json()["problems"]}
        assert "BAD_USER_INPUT" not in codes, response.text
