"""Facts are SQL expressions for the details of an audit entry. The same expressions write entries and verify them.

Amounts are texts with all decimals and times are in UTC, so that session settings do not change them. A value that must
not be readable in the log is stored as a SHA-256 digest. docs/operations.md explains why it cannot be guessed.
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


# A correction restates these values of a payment, and the newest entry about them counts.
_SPLIT: Facts = {
    name: f"{{row}}.{name}::text"
    for name in ("interest", "principal", "credit", "emi_before", "emi_after", "recovery", "written_off")
}
PAYMENT: Facts = {
    **_SPLIT,
    "amount": "{row}.amount::text",
    **{name: f"{{row}}.{name}" for name in ("sequence", "recorded_on", "prepayment", "reason", "due_again")},
    "moved_from": "{row}.moved_from_id",
    "reversed_on": "{row}.reversed_on",
    "transaction_id": "{row}.transaction_id",
    "transaction_id_given": "{row}.transaction_id_given",
    "paid_on": "{row}.paid_on",
    "taken_by": "{row}.taken_by_id",
    "mode": "{row}.mode",
    "reference": "{row}.reference",
    "created_at": _moment("created_at"),
}

RESTATED_PAYMENT: Facts = {"payment": "{row}.id", **_SPLIT, "reversed_on": "{row}.reversed_on"}

LOAN_EVENT: Facts = {
    "event": "{row}.id",
    "amount": "{row}.amount::text",
    **{name: f"{{row}}.{name}" for name in ("sequence", "kind", "effective_on", "recorded_on", "reverses", "cause")},
    **{name: f"{{row}}.{name}" for name in ("details", "due_again", "reason")},
    "request": "{row}.request_id",
    "operator": "{row}.operator_id",
    "recorded_at": _moment("recorded_at"),
}

LOAN: Facts = {
    **{name: f"{{row}}.{name}::text" for name in ("amount", "interest_rate", "daily_rate", "minimum_due_rate")},
    **{name: f"{{row}}.{name}" for name in ("loan_term", "disbursed_on", "cycle_days", "due_days")},
    "first_billing_on": "CASE WHEN {row}.product IS NULL THEN {row}.disbursed_on + {row}.cycle_days END",
    "product": "{row}.product",
    "application": "{row}.application_id",
    "created_at": _moment("created_at"),
}

PRODUCT: Facts = {
    "product": "{row}.id",
    **{name: f"{{row}}.{name}" for name in ("name", "version", "effective_from", "policies")},
    "operator": "{row}.operator_id",
    "created_at": _moment("created_at"),
}

# The EMI at disbursal. The row does not keep it, but a replay of the loan yields it.
DISBURSAL: Facts = {**LOAN, "emi": "{row}.emi::text"}

APPLICATION: Facts = {
    "application": "{row}.id",
    **{name: f"{{row}}.{name}::text" for name in ("amount", "interest_rate", "annual_income")},
    **{name: f"{{row}}.{name}" for name in ("loan_term", "decision", "reasons", "credit_score", "decided_on")},
    "request_id": "{row}.request_id",
    "key_facts": "{row}.key_facts_id",
    **{name: f"{{row}}.{name}" for name in ("product", "product_version")},
    "created_at": _moment("created_at"),
}

KEY_FACTS: Facts = {
    "key_facts": "{row}.id",
    **{
        name: f"{{row}}.{name}::text"
        for name in ("amount", "interest_rate", "net_disbursed", "apr", "effective_rate", "clauses")
    },
    **{name: f"{{row}}.{name}" for name in ("proposal_number", "product", "loan_term", "issued_on", "valid_until")},
    "transferable": "{row}.transferable",
    "officer": _hidden("{row}.officer_name || ' ' || {row}.officer_phone || ' ' || {row}.officer_email"),
    "created_at": _moment("created_at"),
}

ASSESSMENT: Facts = {
    "assessment": "{row}.id",
    **{name: f"{{row}}.{name}::text" for name in ("balance", "credit_total", "debit_total")},
    **{name: f"{{row}}.{name}" for name in ("score", "transaction_count")},
    "assessed_at": _moment("assessed_at"),
}

# All columns about a person that no other fact covers. The ciphertext contains a random 96-bit nonce, which erasure
# deletes, so that the digest cannot be guessed. Nulls are removed, so that a new column does not change old digests.
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

# Facts whose value is a digest.
HIDDEN_COLUMNS = frozenset({"identity", "password", "email", "name", "officer"})


def as_json(facts: Facts, row: str, **others: str) -> str:
    """Return the SQL of an entry's details. `row` is the row's alias in the statement; `others` adds expressions."""
    named = {name: expression.format(row=row) for name, expression in facts.items()} | others
    return f"json_build_object({_pairs(named)})"


class Subjects(NamedTuple):
    """A table that entries are about; the entry's column for the subject, and its value as an expression of the row.

    The column is empty if an entry has none for such rows.
    """

    table: str
    column: str
    value: str


USERS = Subjects("users", "user_id", "{row}.id")
OPERATORS = Subjects("operators", "operator_id", "{row}.id")
PAYMENTS = Subjects("payments", "loan_id", "{row}.loan_id")
LOAN_EVENTS = Subjects("loan_events", "loan_id", "{row}.loan_id")
APPLICATIONS = Subjects("loan_applications", "user_id", "{row}.user_id")
KEY_FACTS_ROWS = Subjects("key_facts", "user_id", "{row}.user_id")
PRODUCTS = Subjects("products", "", "")
