"""PostgreSQL itself refuses invalid rows, whatever the code above it does."""

import json

import asyncpg
import pytest

from models import business_date, database
from rules.audit import Event
from settings import Settings
from tests.models.valid_rows import FIRST, SECOND
from tests.servers import tamper

Changes = dict[str, object]

# Entries of which a session, an application, a score, and an operator's day with a person have one, by their index.
ONCE: dict[str, Changes] = {
    "forbidden": {"event": "ACCESS_FORBIDDEN", "details": {"family": "x"}},
    "applications": {"event": "LOAN_DECIDED", "details": {"application": 7}},
    "scores": {"event": "SCORED", "details": {"assessment": 7}},
    "loan_events": {"event": "LOAN_EVENT_RECORDED", "details": {"event": 7}},
    "key_facts": {"event": "KEY_FACTS_ISSUED", "details": {"key_facts": 7}},
    "products": {"event": "PRODUCT_ADDED", "details": {"product": 7}},
    "reads": {"event": "PERSON_READ", "details": {"day": "2026-01-01"}},
}


# Every CHECK and UNIQUE of the migration, with rows that break it: what differs from a valid second row.
BROKEN: dict[str, list[Changes]] = {
    "users_name_check": [{"name": ""}, {"name": "  "}],
    "users_email_check": [{"email": "nobody"}, {"email": "@kist.test"}, {"email": "nobody@"}],
    "users_email_key": [{"email": "ASHA@Kist.Test"}],
    "users_aadhaar_digest_check": [{"aadhaar_digest": "\\xa2"}],
    "users_aadhaar_digest_key": [{"aadhaar_digest": FIRST["users"]["aadhaar_digest"]}],
    "users_aadhaar_ciphertext_check": [{"aadhaar_ciphertext": "\\xb2"}],
    "users_aadhaar_last_four_check": [{"aadhaar_last_four": text} for text in ("234", "23466", "234x", "२३४६")],
    "users_phone_check": [{"phone": text} for text in ("5876543210", "987654321", "+919876543210", "")],
    "users_annual_income_check": [{"annual_income": "-0.01"}],
    "users_credit_score_check": [{"credit_score": 299}, {"credit_score": 901}],
    "users_check": [{"credit_score": None}, {"credit_scored_at": None}],
    "users_aadhaar_keys_check": [{"aadhaar_keys": ""}, {"aadhaar_keys": "g" * 16}],
    "users_consent_check": [{"consent_version": "1"}, {"consented_at": "2026-01-01T00:00:00Z"}],
    "users_consent_version_check": [{"consent_version": " ", "consented_at": "2026-01-01T00:00:00Z"}],
    "users_erased_check": [{"erased_at": "2026-01-01T00:00:00Z"}],
    "user_changes_field_check": [{"field": "name"}, {"field": ""}],
    "operators_email_check": [{"email": "nobody"}],
    "operators_email_key": [{"email": "ONE@kist.test"}],
    "operators_name_check": [{"name": " "}],
    "refresh_tokens_token_hash_check": [{"token_hash": "\\xc2"}],
    "refresh_tokens_token_hash_key": [{"token_hash": FIRST["refresh_tokens"]["token_hash"]}],
    "refresh_tokens_check": [{"operator_id": 1}, {"user_id": None}],
    "refresh_tokens_successor_check": [{"successor": "\\xc3"}],
    "password_resets_code_digest_check": [{"code_digest": "\\xc3"}],
    "password_resets_tries_check": [{"tries": -1}],
    "password_resets_check": [{"user_id": 1}, {"operator_id": None}],
    "password_resets_user_id_operator_id_key": [{"user_id": 1, "operator_id": None}],
    "sign_in_failures_account_digest_check": [{"account_digest": "\\xd2"}],
    "transactions_aadhaar_digest_check": [{"aadhaar_digest": "\\xa2"}],
    "transactions_kind_check": [{"kind": "credit"}, {"kind": ""}],
    "transactions_amount_check": [{"amount": "-0.01"}],
    "transactions_ordinal_check": [{"ordinal": 0}],
    "transactions_once": [{"ordinal": 1}],
    "imports_fingerprint_check": [{"fingerprint": "\\xe2"}],
    "imports_newest_user_id_check": [{"newest_user_id": -1}],
    "imports_unfinished": [{"fingerprint": FIRST["imports"]["fingerprint"], "knows_its_rows": False}],
    "import_parts_part_check": [{"part": -1}, {"part": 256}],
    "import_parts_rows_added_check": [{"rows_added": -1}],
    "import_parts_rows_there_check": [{"rows_there": -1}],
    "import_parts_people_rescored_check": [{"people_rescored": -1}],
    "imports_file_name_check": [{"file_name": "x" * 256}],
    "imports_rows_read_check": [{"rows_read": -1}],
    "imports_rows_rejected_check": [{"rows_rejected": -1}],
    "imports_counting": [
        {"fingerprint": FIRST["imports"]["fingerprint"], "knows_its_rows": True, "finished_at": "2026-01-01T00:00:00Z"}
    ],
    "import_parts_import_id_part_key": [{"part": 0}],
    "import_parts_credit_added_check": [{"credit_added": "-0.01"}],
    "import_parts_debit_added_check": [{"debit_added": "-0.01"}],
    "import_repeats_transaction_id_import_id_key": [{"transaction_id": 1}],
    "credit_assessments_score_check": [{"score": 299}, {"score": 901}],
    "credit_assessments_balance_check": [{"balance": "NaN", "credit_total": "NaN"}],
    "credit_assessments_credit_total_check": [{"credit_total": "-1.00", "balance": "-31551.00"}],
    "credit_assessments_debit_total_check": [{"debit_total": "-1.00", "balance": "600001.00"}],
    "credit_assessments_transaction_count_check": [{"transaction_count": -1}],
    "credit_assessments_check": [{"balance": "568450.01"}],
    "loan_applications_amount_check": [{"amount": "NaN"}],
    "loan_applications_interest_rate_check": [{"interest_rate": "NaN"}],
    "loan_applications_decision_check": [{"decision": "PENDING", "reasons": ["x"]}],
    "loan_applications_credit_score_check": [{"credit_score": 299}, {"credit_score": 901}],
    "loan_applications_annual_income_check": [{"annual_income": "-0.01"}],
    "loan_applications_check": [{"reasons": ["INCOME_TOO_LOW"]}, {"decision": "REFUSED"}],
    "loan_applications_check1": [{"request_id": "x", "decision": "REFUSED", "reasons": ["INCOME_TOO_LOW"]}],
    "loan_applications_request_id_check": [{"request_id": text} for text in ("", "a b", "a/b", "é", "x" * 65, "a\n")],
    "loan_applications_request_id": [{"request_id": "first"}],
    "loan_applications_product_version_check": [{"product_version": 0}],
    "loan_applications_key_facts": [{"key_facts_id": 1}],
    "key_facts_proposal_number_check": [{"proposal_number": text} for text in ("", "20260101-012345678a", "2026-0")],
    "key_facts_proposal_number_key": [{"proposal_number": FIRST["key_facts"]["proposal_number"]}],
    "key_facts_product_check": [{"product": "plus"}, {"product": "[]"}],
    "key_facts_amount_check": [{"amount": "0.00"}],
    "key_facts_loan_term_check": [{"loan_term": 0}],
    "key_facts_interest_rate_check": [{"interest_rate": "-0.001"}, {"interest_rate": "100.001"}],
    "key_facts_valid_until_check": [{"valid_until": "2026-01-01"}],
    "key_facts_net_disbursed_check": [{"net_disbursed": "0.00"}, {"net_disbursed": "50000.01"}],
    "key_facts_apr_check": [{"apr": "-0.01"}],
    "key_facts_effective_rate_check": [{"effective_rate": "-0.01"}],
    "key_facts_clauses_check": [{"clauses": []}],
    "loans_amount_check": [{"amount": "0.00"}, {"amount": "-1.00"}],
    "loans_interest_rate_check": [{"interest_rate": "-0.001"}, {"interest_rate": "100.001"}],
    "loans_daily_rate_check": [{"daily_rate": "-0.001"}, {"daily_rate": "1.001"}],
    "loans_loan_term_check": [{"loan_term": 0}],
    "loans_cycle_days_check": [{"cycle_days": 1, "due_days": 1}],
    "loans_check": [{"due_days": 0}, {"due_days": 30}],
    "loans_minimum_due_rate_check": [{"minimum_due_rate": "-0.001"}, {"minimum_due_rate": "100.001"}],
    "loans_emi_check": [{"emi": "-0.01"}],
    "loans_check1": [{"principal_balance": "-0.01"}],
    "loans_interest_due_check": [{"interest_due": "-0.01"}],
    "loans_accrued_interest_check": [{"accrued_interest": "-0.0000001"}],
    "loans_check2": [{"accrued_through": "2025-12-31"}],
    "loans_cycles_billed_check": [{"cycles_billed": -1}],
    "loans_past_due_check": [{"past_due": "-0.01"}],
    "loans_installment_due_check": [{"installment_due": "-0.01", "minimum_due": "-0.02"}],
    "loans_check3": [{"minimum_due": "4406.04"}, {"minimum_due": "-0.01"}],
    "loans_check4": [
        {"closed_on": "2026-02-01", "next_billing_on": None},
        {"principal_balance": "0.00", "interest_due": "0.00", "accrued_interest": "0.0000000"},
    ],
    "loans_check5": [{"next_billing_on": None}],
    "loans_check6": [{"oldest_due_on": None}, {"minimum_due": "0.00"}],
    "loans_check7": [{"interest_due": "4406.04"}, {"principal_balance": "3971.02"}],
    "loans_last_cycle_check": [{"last_cycle": -1}],
    "loans_credit_check": [{"credit": "NaN"}],
    "loans_status_check": [{"status": "OPEN"}, {"status": ""}],
    "loans_ended_check": [{"status": "CLOSED"}, {"status": "CANCELLED"}],
    "loans_sequence_check": [{"sequence": -1}],
    "loans_product_check": [{"product": "card"}, {"product": "[]"}],
    "loans_special_check": [{"special": ""}, {"special": "1"}],
    "products_name_check": [{"name": ""}, {"name": "Card"}, {"name": "x" * 33}],
    "products_version_check": [{"version": 0}],
    "products_policies_check": [{"policies": "plus"}, {"policies": "[]"}],
    "products_name_version_key": [{"name": "plus", "version": 1}],
    "products_card_check": [{"name": "card", "version": 1}],
    "class_changes_asset_class_check": [{"asset_class": "SUBSTANDARD"}],
    "class_changes_known_check": [{"known_until": "2026-02-15T00:00:00Z"}],
    "class_changes_valid": [{"loan_id": 1, "changed_on": "2026-02-15", "asset_class": "NPA"}],
    "loans_application_id_key": [{"application_id": 1}],
    "bills_cycle_check": [{"cycle": 0}],
    "bills_principal_balance_check": [{"principal_balance": "-0.01"}],
    "bills_interest_check": [{"interest": "-0.01", "interest_paid": "-0.01"}],
    "bills_check": [{"minimum_due": "434.99"}],
    "bills_check1": [{"installment": "1934.99"}],
    "bills_past_due_check": [{"past_due": "-0.01"}],
    "bills_check2": [{"interest_paid": "435.01"}, {"interest_paid": "-0.01"}],
    "bills_check3": [{"principal_paid": "3971.04"}, {"principal_paid": "-0.01"}],
    "bills_check4": [{"due_date": "2026-03-02"}],
    "bills_loan_id_cycle_key": [{"cycle": 1}],
    "bills_known_check": [{"known_until": "2026-02-11T00:00:00Z"}, {"known_until": "2026-01-30T00:00:00Z"}],
    "payments_transaction_id_check": [{"transaction_id": text} for text in ("", "a b", "a/b", "é", "x" * 65, "a\n")],
    "payments_amount_check": [{"amount": "0.00", "interest": "0.00", "principal": "0.00"}],
    "payments_interest_check": [{"interest": "-1.00", "principal": "1001.00"}],
    "payments_principal_check": [{"interest": "1001.00", "principal": "-1.00"}],
    "payments_emi_before_check": [{"emi_before": "-0.01"}],
    "payments_emi_after_check": [{"emi_after": "-0.01"}],
    "bills_charges_check": [{"charges": "-0.01"}],
    "bills_deferred_check": [{"deferred": "-0.01"}],
    "bills_deferred_share_check": [{"deferred_share": "-0.01"}, {"deferred_share": "435.01"}],
    "payments_charges_check": [{"charges": "-0.01", "principal": "565.01"}],
    "payments_charge_parts_check": [{"charge_parts": "[]"}, {"charge_parts": "fee"}],
    "loan_events_request_check": [{"request_id": None}],
    "payments_parts_check": [{"principal": "565.01"}, {"credit": "0.01"}, {"charges": "0.01"}],
    "payments_sequence_check": [{"sequence": 1}],
    "payments_sequence": [{"sequence": 2}, {"sequence": 3}],
    "payments_recorded_on_check": [{"recorded_on": "2026-02-10"}],
    "payments_prepayment_check": [{"prepayment": "REDUCE"}],
    "payments_credit_check": [{"credit": "-1.00", "principal": "566.00"}],
    "payments_recovery_check": [{"recovery": "-1.00", "principal": "566.00"}],
    "payments_written_off_check": [{"written_off": "-1.00"}],
    "payments_reason_check": [{"reason": " "}, {"reason": "x" * 501}],
    "payments_due_again_check": [{"due_again": [0]}],
    "payments_reversed_on_check": [{"reversed_on": "2026-02-10"}],
    "loan_heads_sequence_check": [{"sequence": 0}],
    "loan_heads_head_check": [{"head": "\\xf2"}],
    "loan_heads_loan_id_sequence_key": [{"sequence": 1}],
    "book_heads_date_key": [{"date": "2026-01-31"}],
    "book_heads_loans_check": [{"loans": -1}],
    "book_heads_root_check": [{"root": "\\xf3"}],
    "book_heads_head_check": [{"head": "\\xf4"}],
    "loan_events_sequence_check": [{"sequence": 1, "reverses": None}],
    "loan_events_kind_check": [{"kind": "reversal"}, {"kind": "PAYMENT"}],
    "loan_events_amount_check": [{"kind": "REFUND", "amount": "0.00"}],
    "loan_events_cause_check": [{"cause": "bounced"}, {"cause": ""}],
    "loan_events_due_again_check": [{"due_again": [0]}],
    "loan_events_reason_check": [{"reason": ""}, {"reason": " "}, {"reason": "x" * 501}],
    "loan_events_request_id_check": [{"request_id": text} for text in ("", "a b", "a/b", "é", "x" * 65, "a\n")],
    "loan_events_loan_id_sequence_key": [{"sequence": 3, "reverses": 1}, {"sequence": 2, "reverses": 1}],
    "loan_events_operator_id_request_id_key": [{"request_id": "first"}],
    "loan_events_dates_check": [{"recorded_on": "2026-02-09"}],
    "loan_events_reverses_check": [{"reverses": 0}, {"reverses": 5}],
    "loan_events_reversal_check": [
        {"reverses": None},
        {"cause": None},
        {"kind": "REFUND", "amount": "1.00", "due_again": []},
    ],
    "loan_events_refund_check": [{"amount": "1.00"}],
    "loan_events_details_check": [
        {"kind": "SETTLEMENT", "amount": "1.00", "reverses": None, "cause": None, "due_again": [], "details": text}
        for text in ("[]", "until")
    ],
    "loan_events_details_kind_check": [{"details": "{}"}],
    "loan_events_due_again_kind_check": [
        {"kind": "REFUND", "amount": "1.00", "reverses": None, "cause": None, "due_again": [1]}
    ],
    "loan_events_reversals": [{"reverses": 2}],
    "payments_mode_check": [{"mode": "cash"}, {"mode": ""}],
    "payments_reference_check": [{"reference": ""}, {"reference": "x" * 65}],
    "payments_counter_check": [{"mode": None}, {"taken_by_id": None}],
    "payments_transaction_id": [{"transaction_id": "kist-1"}],
    "payments_alike": [{"paid_on": "2026-02-10"}],
    "allocations_interest_check": [{"interest": "-0.01"}],
    "allocations_principal_check": [{"principal": "-0.01"}],
    "allocations_check": [{"interest": "0.00", "principal": "0.00"}],
    "allocations_payment_id_bill_id_key": [{"bill_id": 1}],
    "ledger_entries_event_check": [{"event": "REVERSAL"}],
    "ledger_entries_debit_check": [{"debit": "LOSSES"}],
    "ledger_entries_credit_check": [{"credit": "FEES"}],
    "ledger_entries_amount_check": [{"amount": "0.00"}, {"amount": "-1.00"}],
    "ledger_entries_check": [{"credit": "PRINCIPAL"}],
    "ledger_entries_check1": [{"event": "BILL"}, {"bill_id": 1}],
    "ledger_entries_check2": [{"event": "PAYMENT"}, {"payment_id": 1}],
    "ledger_entries_effective_on_check": [{"effective_on": "2026-01-02"}],
    "ledger_entries_refund_check": [{"event": "REFUND"}, {"event_id": 1}],
    "billing_runs_status_check": [{"status": "PAUSED"}],
    "billing_runs_loans_due_check": [{"loans_due": -1, "loans_billed": -1}],
    "billing_runs_check": [{"loans_billed": 2}, {"loans_billed": -1}],
    "billing_runs_bills_issued_check": [{"bills_issued": -1}],
    "billing_runs_interest_billed_check": [{"interest_billed": "-0.01"}],
    "billing_runs_as_of_key": [{"as_of": "2026-01-31"}],
    "billing_chunks_loans_due_check": [{"loans_due": -1}],
    "billing_chunks_bills_issued_check": [{"bills_issued": -1}],
    "billing_chunks_interest_billed_check": [{"interest_billed": "-0.01"}],
    "billing_chunks_attempts_check": [{"attempts": -1}],
    "billing_chunks_check": [{"last_id": 1}],
    "billing_chunks_failure_check": [{"failed_loan_id": 2}],
    "billing_chunks_run_id_first_id_key": [{"first_id": 1, "last_id": 1}],
    "business_date_id_check": [{"id": 2}],
    "audit_entries_event_check": [{"event": "SLEPT"}],
    "audit_entries_actor_check": [{"actor": "SOMEBODY", "actor_id": None}],
    "audit_entries_who_check": [{"actor_id": None}, {"actor": "OPERATOR", "actor_id": None}, {"actor": "NOBODY"}],
    "audit_entries_payment_check": [{"payment_id": 2}, {"event": "PAYMENT_TAKEN", "loan_id": 1}],
    "audit_entries_loan_check": [
        {"event": "LOAN_DISBURSED"},
        {"event": "PAYMENT_TAKEN", "loan_id": 1, "user_id": None, "payment_id": 2},
    ],
    "audit_entries_request_id_check": [{"request_id": "x" * 65}, {"request_id": "a\nb"}],
    "audit_entries_address_check": [{"address": "x" * 65}, {"address": "127.0.0.1\n"}],
    "audit_entries_payments": [{"event": "PAYMENT_TAKEN", "loan_id": 1, "payment_id": 1}],
    "audit_entries_disbursals": [{"event": "LOAN_DISBURSED", "loan_id": 1}],
    **{f"audit_entries_{index}": [entry] for index, entry in ONCE.items()},
    "audit_links_position_check": [{"position": 0}],
    "audit_links_hash_check": [{"hash": "\\xf1"}],
    "audit_links_entry_id_key": [{"entry_id": 1001}],
}

# Whatever breaks one of these breaks another too, and of several PostgreSQL names the first by its name.
NAMED_INSTEAD = {
    "loans_status_check": "loans_ended_check",
    "loan_events_sequence_check": "loan_events_reversal_check",
    "loan_events_kind_check": "loan_events_due_again_kind_check",
    "loans_cycle_days_check": "loans_check",
    "loans_installment_due_check": "loans_check3",
    "bills_interest_check": "bills_check2",
    "billing_runs_loans_due_check": "billing_runs_check",
}

TABLES = sorted([*FIRST, "business_date"], key=len, reverse=True)


def table_of(constraint: str) -> str:
    return next(table for table in TABLES if constraint.startswith(table))


async def insert(table: str, row: Changes) -> None:
    """Store a row for good.

    Raises:
        asyncpg.PostgresError: PostgreSQL refuses it.
    """
    columns = ", ".join(row)
    await database.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1::jsonb)",
        json.dumps(row),
    )


async def refusal(table: str, row: Changes) -> str:
    """The name of the constraint that refuses a row, or of the error where it is none; empty where it is stored."""
    try:
        async with database.transaction():
            await insert(table, row)
            raise LookupError
    except LookupError:
        return ""
    except asyncpg.PostgresError as error:
        return str(error.constraint_name or type(error).__name__)


@pytest.fixture
async def rows(memory: Settings) -> None:
    """The first valid row of every table, and what the second ones refer to."""
    for table, row in FIRST.items():
        await insert(table, row)
    await insert("loan_applications", SECOND["loan_applications"])
    for number, entry in enumerate(ONCE.values(), 1003):
        await insert("audit_entries", SECOND["audit_entries"] | {"id": number} | entry)


def second(table: str) -> Changes:
    # Its row with the id 2 is there already, for the second loan to refer to.
    unlike: Changes = {"id": 3} if table == "loan_applications" else {}
    return SECOND.get(table, {"id": 1, "date": "2026-01-01"}) | unlike


@pytest.mark.usefixtures("rows")
async def test_the_valid_rows_are_valid() -> None:
    assert {table: await refusal(table, second(table)) for table in SECOND} == dict.fromkeys(SECOND, "")


@pytest.mark.usefixtures("rows")
async def test_every_check_and_every_unique_refuses() -> None:
    found = [
        (name, changes, await refusal(table_of(name), second(table_of(name)) | changes))
        for name, broken in BROKEN.items()
        for changes in broken
    ]
    assert [one for one in found if NAMED_INSTEAD.get(one[0], one[0]) != one[2]] == []


@pytest.mark.usefixtures("memory")
async def test_no_constraint_is_left_untried() -> None:
    named = await database.fetch(
        "SELECT conname AS name FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x')"
        " UNION SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON oid = indrelid"
        " WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace"
    )
    assert {row["name"] for row in named} == set(BROKEN)


@pytest.mark.usefixtures("rows")
async def test_nothing_that_must_be_there_may_be_missing() -> None:
    required = await database.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND is_nullable = 'NO' AND table_name = ANY($1)"
        " AND column_name <> 'digest'",  # which a trigger fills in, whatever is given
        list(SECOND),
    )
    found = {
        (table, column): await refusal(table, second(table) | {column: None})
        for table, column in (tuple(row) for row in required)
    }
    assert len(found) > 100
    assert {place: name for place, name in found.items() if name != "NotNullViolationError"} == {}


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
async def test_no_number_may_be_anything_but_a_number(value: str) -> None:
    numbers = await database.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'numeric' ORDER BY 1, 2"
    )
    found = {(t, c): await refusal(t, second(t) | {c: value}) for t, c in (tuple(row) for row in numbers)}
    assert len(found) > 30
    assert {place for place, name in found.items() if not name} == set()


@pytest.mark.usefixtures("rows")
async def test_every_reference_leads_somewhere() -> None:
    references = await database.fetch(
        "SELECT conname, conrelid::regclass::text AS owner, attname FROM pg_constraint"
        " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
        " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    beside: dict[str, Changes] = {
        "refresh_tokens_operator_id_fkey": {"user_id": None},
        "password_resets_user_id_fkey": {"operator_id": None},
        "ledger_entries_bill_id_fkey": {"event": "BILL"},
        "ledger_entries_payment_id_fkey": {"event": "PAYMENT"},
        "ledger_entries_event_id_fkey": {"event": "REFUND"},
    }
    found = {
        name: await refusal(owner, second(owner) | beside.get(name, {}) | {column: 999})
        for name, owner, column in (tuple(row) for row in references)
    }
    assert len(found) == 32
    assert {name: refused for name, refused in found.items() if name != refused} == {}


@pytest.mark.usefixtures("rows")
async def test_nothing_that_is_referred_to_may_go() -> None:
    for table in ("users", "operators", "loan_applications", "loans", "bills", "payments", "billing_runs", "imports"):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await tamper(f"DELETE FROM {table} WHERE id = 1")


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET amount = amount",
        "UPDATE ledger_entries SET amount = 1 WHERE id = 999",
        "DELETE FROM ledger_entries",
        "DELETE FROM ledger_entries WHERE false",
        "TRUNCATE ledger_entries",
        "TRUNCATE loans CASCADE",
        "INSERT INTO ledger_entries (id, loan_id, posted_on, event, debit, credit, amount)"
        " VALUES (1, 1, '2026-01-01', 'DISBURSAL', 'PRINCIPAL', 'CASH', 1)"
        " ON CONFLICT (id) DO UPDATE SET amount = 1",
    ],
)
async def test_the_ledger_is_never_changed(statement: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await tamper(statement)
    (entry,) = await database.fetch("SELECT amount FROM ledger_entries")
    assert str(entry["amount"]) == "50000.00"


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("table", ["audit_entries", "audit_links", "loan_heads", "book_heads"])
async def test_the_audit_log_and_published_heads_are_never_changed(table: str) -> None:
    before = await database.fetch(f"SELECT * FROM {table}")
    for statement in (
        f"UPDATE {table} SET {{}} = {{}} WHERE false",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await tamper(statement.format(*2 * [next(iter(FIRST[table]))]))
    assert await database.fetch(f"SELECT * FROM {table}") == before


@pytest.mark.usefixtures("rows")
async def test_payments_with_an_id_of_their_own_may_be_alike() -> None:
    alike = {"paid_on": "2026-02-10", "transaction_id_given": True}
    assert await refusal("payments", second("payments") | alike) == ""


@pytest.mark.usefixtures("rows")
async def test_a_closed_loan_owes_nothing() -> None:
    closed = {
        "principal_balance": "0.00",
        "interest_due": "0.00",
        "accrued_interest": "0.0000000",
        "installment_due": "0.00",
        "minimum_due": "0.00",
        "oldest_due_on": None,
        "next_billing_on": None,
        "closed_on": "2026-02-01",
    }
    assert await refusal("loans", second("loans") | closed) == ""


async def test_the_business_date_only_moves_forward(memory: Settings) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE business_date SET date = date - 1")
    assert await business_date.stored() is not None


@pytest.mark.usefixtures("rows")
async def test_every_event_may_be_stored() -> None:
    """Several migrations rewrite the list of events: the newest one must have all of them."""
    special = {Event.PAYMENT_TAKEN, Event.LOAN_DISBURSED, *(str(entry["event"]) for entry in ONCE.values())}
    found = {
        event: await refusal("audit_entries", SECOND["audit_entries"] | {"event": event})
        for event in Event
        if event not in special
    }
    assert {event: name for event, name in found.items() if name} == {}
