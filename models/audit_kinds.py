"""The kinds of rows that the audit log has entries about, and the entries that must agree with each kind."""

from typing import NamedTuple

from models import audit_facts
from models.audit_facts import Facts


class Kind(NamedTuple):
    """A kind of rows, and of the entries about them.

    `is_entry` is the SQL condition for these entries, and `row_id` the SQL expression for the id of their row.
    `subject` has the entry's columns that the row has too; `beside` names details that are not compared. Rows up to the
    id `since` in LOG_BEGUN or LOG_EXTENDED need no entry. With `newest`, the newest of several entries counts;
    otherwise a row must have exactly one. The newest entry of the event `restated` replaces the facts that are named in
    `restating`.
    """

    label: str
    table: str
    facts: Facts
    is_entry: str
    row_id: str
    subject: Facts
    since: str
    beside: tuple[str, ...] = ()
    newest: bool = False
    restated: str = ""
    restating: tuple[str, ...] = ()


def number_in(entry: str, name: str) -> str:
    """Return the SQL of a number in an entry's details. It is NULL if a tampered entry has another text there."""
    text = f"{entry}.details ->> '{name}'"
    return f"(CASE WHEN {text} ~ '^[0-9]{{1,18}}$' THEN ({text})::bigint END)"


# The same condition as in the partial index on these entries.
_PEOPLE = (
    "e.event IN ('REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED', 'PERSON_RESEALED',"
    " 'PERSON_CHANGED')"
    " AND e.user_id IS NOT NULL AND e.event IN "
)
_OPERATORS = (
    "('OPERATOR_ADDED', 'OPERATOR_RECORDED', 'OPERATOR_DISABLED', 'OPERATOR_ENABLED', 'OPERATOR_PASSWORD_RESET',"
    " 'PASSWORD_CHANGED')"
)

_USER: Facts = {"user": "{row}.user_id"}

KINDS = (
    Kind(
        label="payment",
        table="payments",
        facts=audit_facts.PAYMENT,
        is_entry="e.event = 'PAYMENT_TAKEN' AND e.payment_id IS NOT NULL",
        row_id="e.payment_id",
        subject={"loan": "{row}.loan_id", **_USER},
        since="payments",
        restated="PAYMENT_RESTATED",
        restating=tuple(audit_facts.RESTATED_PAYMENT),
    ),
    Kind(
        label="loan event",
        table="loan_events",
        facts=audit_facts.LOAN_EVENT,
        is_entry="e.event = 'LOAN_EVENT_RECORDED'",
        row_id=number_in("e", "event"),
        subject={"loan": "{row}.loan_id"},
        since="loan_events",
    ),
    Kind(
        label="loan",
        table="loans",
        facts=audit_facts.LOAN,
        is_entry="e.event = 'LOAN_DISBURSED'",
        row_id="e.loan_id",
        subject=_USER,
        since="loans",
        beside=("emi",),
    ),
    Kind(
        label="application",
        table="loan_applications",
        facts=audit_facts.APPLICATION,
        is_entry="e.event = 'LOAN_DECIDED'",
        row_id=number_in("e", "application"),
        subject=_USER,
        since="loan_applications",
    ),
    Kind(
        label="product",
        table="products",
        facts=audit_facts.PRODUCT,
        is_entry="e.event = 'PRODUCT_ADDED'",
        row_id=number_in("e", "product"),
        subject={},
        since="products",
    ),
    Kind(
        label="key facts",
        table="key_facts",
        facts=audit_facts.KEY_FACTS,
        is_entry="e.event = 'KEY_FACTS_ISSUED'",
        row_id=number_in("e", "key_facts"),
        subject=_USER,
        since="key_facts",
    ),
    Kind(
        label="assessment",
        table="credit_assessments",
        facts=audit_facts.ASSESSMENT,
        is_entry="e.event = 'SCORED'",
        row_id=number_in("e", "assessment"),
        subject=_USER,
        since="credit_assessments",
    ),
    Kind(
        label="user",
        table="users",
        facts=audit_facts.PERSON,
        is_entry=f"{_PEOPLE} ('REGISTERED', 'ACCOUNT_ERASED', 'PERSON_RESEALED', 'PERSON_CHANGED')",
        row_id="e.user_id",
        subject={},
        since="users",
        beside=("consent", "password", "changed"),
        newest=True,
    ),
    Kind(
        label="password of user",
        table="users",
        facts=audit_facts.PASSWORD,
        is_entry=f"{_PEOPLE} ('REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED')",
        row_id="e.user_id",
        subject={},
        since="users",
        beside=("consent", "identity"),
        newest=True,
    ),
    Kind(
        label="operator",
        table="operators",
        facts=audit_facts.OPERATOR,
        is_entry=f"e.operator_id IS NOT NULL AND e.event IN {_OPERATORS}",
        row_id="e.operator_id",
        subject={},
        since="operators",
        newest=True,
    ),
)
