"""What an entry of the audit log says of a row, as SQL: an entry is written and verified by the same expressions.

Amounts are texts with all their decimals, moments are in UTC, so that no setting of a session changes them. A value
that must not be readable in the log is there as a SHA-256 digest; docs/operations.md says why none can be guessed.
"""

from collections.abc import Mapping
from typing import NamedTuple

Facts = Mapping[str, str]


def _moment(column: str) -> str:
    return f"{{row}}.{column} AT TIME ZONE 'UTC'"


def _hidden(expression: str) -> str:
    return f"encode(sha256(convert_to({expression}, 'UTF8')), 'hex')"


def _pairs(facts: Facts) -> str:
    return ", ".join(f"'{name}', {expression}" for name, expression in facts.items())


PAYMENT: Facts = {
    **{name: f"{{row}}.{name}::text" for name in ("amount", "interest", "principal", "emi_before", "emi_after")},
    "transaction_id": "{row}.transaction_id",
    "transaction_id_given": "{row}.transaction_id_given",
    "paid_on": "{row}.paid_on",
    "taken_by": "{row}.taken_by_id",
    "created_at": _moment("created_at"),
}

LOAN: Facts = {
    **{name: f"{{row}}.{name}::text" for name in ("amount", "interest_rate", "daily_rate", "minimum_due_rate")},
    **{name: f"{{row}}.{name}" for name in ("loan_term", "disbursed_on", "cycle_days", "due_days")},
    "first_billing_on": "{row}.disbursed_on + {row}.cycle_days",
    "application": "{row}.application_id",
    "created_at": _moment("created_at"),
}

# The EMI of the first day, which a row does not keep: replaying the loan gives it back.
DISBURSAL: Facts = {**LOAN, "emi": "{row}.emi::text"}

APPLICATION: Facts = {
    "application": "{row}.id",
    **{name: f"{{row}}.{name}::text" for name in ("amount", "interest_rate", "annual_income")},
    **{name: f"{{row}}.{name}" for name in ("loan_term", "decision", "reasons", "credit_score", "decided_on")},
    "request_id": "{row}.request_id",
    "created_at": _moment("created_at"),
}

ASSESSMENT: Facts = {
    "assessment": "{row}.id",
    **{name: f"{{row}}.{name}::text" for name in ("balance", "credit_total", "debit_total")},
    **{name: f"{{row}}.{name}" for name in ("score", "transaction_count")},
    "assessed_at": _moment("assessed_at"),
}

# Everything about a person that no other fact has. The ciphertext has a nonce of 96 random bits, which is gone once the
# person is erased. A null does not count, so that a new column leaves the digests of before as they are.
IDENTITY: Facts = {
    **{name: f"{{row}}.{name}" for name in ("name", "email", "aadhaar_last_four", "aadhaar_keys", "phone", "address")},
    **{name: f"encode({{row}}.{name}, 'hex')" for name in ("aadhaar_digest", "aadhaar_ciphertext")},
    **{name: f"{{row}}.{name}" for name in ("is_active", "consent_version")},
    **{name: _moment(name) for name in ("created_at", "consented_at", "erased_at")},
    "annual_income": "{row}.annual_income::text",
}
PASSWORD: Facts = {"password": _hidden("{row}.password_hash")}
PERSON: Facts = {"identity": _hidden(f"jsonb_strip_nulls(jsonb_build_object({_pairs(IDENTITY)}))::text")}
REGISTRATION: Facts = {**PERSON, **PASSWORD}
OPERATOR: Facts = {
    "email": _hidden("{row}.email"),
    "name": _hidden("{row}.name"),
    **PASSWORD,
    "active": "{row}.is_active",
    "created_at": _moment("created_at"),
}

# The facts of which the value is a digest.
HIDDEN_COLUMNS = frozenset({"identity", "password", "email", "name"})


def as_json(facts: Facts, row: str, **others: str) -> str:
    """The details of an entry about a row, by the name that the row has in the statement; `others` are expressions."""
    named = {name: expression.format(row=row) for name, expression in facts.items()} | others
    return f"json_build_object({_pairs(named)})"


class Subjects(NamedTuple):
    """A table whose rows entries are about, and the expression of the entry's column for a row's subject."""

    table: str
    column: str
    value: str


USERS = Subjects("users", "user_id", "{row}.id")
OPERATORS = Subjects("operators", "operator_id", "{row}.id")
APPLICATIONS = Subjects("loan_applications", "user_id", "{row}.user_id")
