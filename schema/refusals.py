"""An expected no is an answer: a member of every mutation's result, with a code for each reason."""

import strawberry

from rules.refusals import ProblemCode

strawberry.enum(ProblemCode, description="Why something was refused.")


@strawberry.type(description="One reason for a no.")
class Problem:
    code: ProblemCode
    message: str = strawberry.field(description="For a person to read.")
    field: str | None = strawberry.field(description="The input field it is about.")


@strawberry.type(description="An expected no: every reason at once. Nothing was changed.")
class Refusal:
    problems: list[Problem]
