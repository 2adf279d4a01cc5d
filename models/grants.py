"""Hand-written SQL: the grants of the database roles, declared once, and read from PostgreSQL's catalog.

Every `migrate` grants them again: a new table needs a line here. The owner makes and changes tables, the application
does what this module allows, and the reader sees what reports need. The application never changes what is written once:
the ledger, the audit log, and the amounts and dates of payments and other events.
"""

from typing import NamedTuple

from models.asyncpg_seam import Connection

# The role names in deploy/roles.sql. The application's role may have another name: the user of KIST_DATABASE_URL.
APPLICATION = "kist_application"
READER = "kist_reader"

EVERY_COLUMN = ("*",)


class Grant(NamedTuple):
    """The privileges on a table. The application may select from every table.

    `read` names the columns that the reader may select. `reserve` lets the application draw ids before it inserts.
    `maintain` lets it analyze the table after an import.
    """

    insert: bool = True
    update: tuple[str, ...] = ()
    delete: bool = False
    reserve: bool = False
    maintain: bool = False
    read: tuple[str, ...] = EVERY_COLUMN


# fmt: off
TABLES: dict[str, Grant] = {
    # The reader sees no passwords, Aadhaar numbers or contact data.
    "users": Grant(
        update=(
            "name", "email", "aadhaar_digest", "aadhaar_ciphertext", "aadhaar_last_four", "aadhaar_keys", "phone",
            "address", "annual_income", "password_hash", "credit_score", "credit_scored_at", "is_active", "erased_at",
        ),
        read=(
            "id", "name", "annual_income", "credit_score", "credit_scored_at", "is_active", "created_at",
            "consent_version", "consented_at", "erased_at",
        ),
    ),
    # Earlier contact data; the erasure of a person deletes it.
    "user_changes": Grant(delete=True, read=()),
    "operators": Grant(update=("password_hash", "is_active"), read=("id", "email", "is_active", "created_at")),
    "refresh_tokens": Grant(update=("rotated_at", "revoked_at", "successor"), delete=True, read=()),
    "sign_in_failures": Grant(delete=True, read=()),
    "password_resets": Grant(update=("tries",), delete=True, read=()),
    "transactions": Grant(
        update=("import_id",),
        delete=True,
        maintain=True,
        read=("id", "occurred_on", "kind", "amount", "ordinal", "import_id"),
    ),
    "credit_assessments": Grant(),
    "loan_applications": Grant(),
    "products": Grant(),
    "key_facts": Grant(
        read=(
            "id", "proposal_number", "user_id", "product", "amount", "loan_term", "interest_rate", "issued_on",
            "valid_until", "net_disbursed", "apr", "effective_rate", "transferable", "clauses", "created_at",
        ),
    ),
    "loans": Grant(
        update=(
            "emi", "principal_balance", "interest_due", "accrued_interest", "accrued_through", "cycles_billed",
            "past_due", "installment_due", "minimum_due", "oldest_due_on", "closed_on", "next_billing_on", "last_cycle",
            "credit", "due_again_on", "status", "sequence", "special",
        )
    ),
    "bills": Grant(
        update=(
            "billing_date", "due_date", "principal_balance", "interest", "minimum_due", "installment", "past_due",
            "charges", "deferred_share", "deferred", "interest_paid", "principal_paid", "withdrawn", "known_from",
            "known_until",
        ),
        reserve=True,
    ),
    # A correction restates the parts of a payment; its amount and date never change.
    "payments": Grant(
        update=(
            "interest", "principal", "credit", "charges", "charge_parts", "emi_before", "emi_after", "recovery",
            "written_off", "reversed_on",
        )
    ),
    "allocations": Grant(update=("known_until",)),
    "loan_events": Grant(update=("counts",)),
    "class_changes": Grant(update=("known_until",)),
    "ledger_entries": Grant(),
    "billing_runs": Grant(
        update=(
            "status", "loans_due", "loans_billed", "bills_issued", "interest_billed", "started_at", "finished_at",
            "classed_at",
        )
    ),
    "billing_chunks": Grant(
        update=(
            "last_id", "loans_due", "bills_issued", "interest_billed", "attempts", "done_at", "failed_loan_id",
            "failure",
        )
    ),
    "business_date": Grant(update=("date",)),
    "imports": Grant(update=("finished_at", "rows_read", "rows_rejected", "undone_at")),
    "import_parts": Grant(),
    "import_repeats": Grant(delete=True),
    "audit_entries": Grant(),
    "audit_links": Grant(),
    "loan_heads": Grant(),
    "book_heads": Grant(),
    # aerich's list of applied migrations. Only the owner writes it.
    "aerich": Grant(insert=False, read=()),
}
# fmt: on

_OWNED_RELATIONS = """
SELECT c.relname AS name, c.relkind = 'S' AS is_sequence FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
    AND pg_has_role(current_user, c.relowner, 'USAGE')
"""
_ROUTINES = """
SELECT p.oid::regprocedure::text AS name, p.proconfig IS NULL AS unpinned FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND pg_has_role(current_user, p.proowner, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
_OWN_DATABASE = """
SELECT CASE WHEN pg_has_role(current_user, datdba, 'USAGE') THEN datname END FROM pg_database
WHERE datname = current_database()
"""


async def apply(connection: Connection, application: str = APPLICATION) -> None:
    """Give the existing roles exactly the declared privileges, in one transaction.

    The session's own role and superusers are skipped.

    Raises:
        asyncpg.InsufficientPrivilegeError: the session's role is not the owner.
    """
    roles = [
        row["rolname"]
        for row in await connection.fetch(
            "SELECT rolname FROM pg_roles WHERE rolname IN ($1, $2) AND rolname <> current_user AND NOT rolsuper",
            application,
            READER,
        )
    ]
    if not roles:
        return
    async with connection.transaction():
        statements = await _common(connection, roles, alone=application not in roles)
        relations = {row["name"]: row["is_sequence"] for row in await connection.fetch(_OWNED_RELATIONS)}
        for role in roles:
            for name, is_sequence in relations.items():
                kind = "SEQUENCE" if is_sequence else "TABLE"
                statements.append(f"REVOKE ALL ON {kind} public.{quoted(name)} FROM {quoted(role)}")
        for name, grant in TABLES.items():
            if name in relations:
                if application in roles:
                    statements += to_the_application(name, grant, quoted(application))
                if READER in roles and grant.read:
                    statements.append(f"GRANT SELECT{_columns(grant.read)} ON public.{name} TO {READER}")
        await connection.execute("; ".join(statements))


async def _common(connection: Connection, roles: list[str], *, alone: bool) -> list[str]:
    """Return the statements for the database, the schema and functions.

    With `alone`, the application has no role of its own, and PUBLIC keeps its privileges.
    """
    everyone = "" if alone else ", PUBLIC"
    to = ", ".join(map(quoted, roles))
    statements = [f"REVOKE ALL ON SCHEMA public FROM {to}{everyone}", f"GRANT USAGE ON SCHEMA public TO {to}"]
    if (name := await connection.fetchval(_OWN_DATABASE)) is not None:
        statements += [
            f"REVOKE ALL ON DATABASE {quoted(name)} FROM {to}{everyone}",
            f"GRANT CONNECT ON DATABASE {quoted(name)} TO {to}",
        ]
        # Imports and billing stage their rows in temporary tables.
        statements += [
            f"GRANT TEMPORARY ON DATABASE {quoted(name)} TO {quoted(role)}" for role in roles if role != READER
        ]
    for row in await connection.fetch(_ROUTINES):
        statements.append(f"REVOKE ALL ON ROUTINE {row['name']} FROM {to}{everyone}")
        if row["unpinned"]:
            # Otherwise a trigger would write to a temporary table named audit_entries, if a session made one.
            statements.append(f"ALTER ROUTINE {row['name']} SET search_path = public, pg_temp")
    return statements


def to_the_application(name: str, grant: Grant, role: str) -> list[str]:
    """Return the statements that grant the application a table's privileges."""
    statements = [f"GRANT SELECT ON public.{name} TO {role}"]
    if grant.insert:
        statements.append(f"GRANT INSERT ON public.{name} TO {role}")
    if grant.update:
        statements.append(f"GRANT UPDATE{_columns(grant.update)} ON public.{name} TO {role}")
    if grant.delete:
        statements.append(f"GRANT DELETE ON public.{name} TO {role}")
    if grant.maintain:
        statements.append(f"GRANT MAINTAIN ON public.{name} TO {role}")
    if grant.reserve:
        statements.append(f"GRANT USAGE ON SEQUENCE public.{name}_id_seq TO {role}")
    return statements


def quoted(name: str) -> str:
    """Return a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _columns(names: tuple[str, ...]) -> str:
    return "" if names == EVERY_COLUMN else f" ({', '.join(names)})"


_PRIVILEGES = """
SELECT r.rolsuper AS is_superuser, EXISTS (
    SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND pg_has_role(current_user, c.relowner, 'USAGE')
) AS owns FROM pg_roles r WHERE r.rolname = current_user
"""


async def excess(connection: Connection) -> str:
    """Return why the session's role has too many privileges for the application, or an empty text."""
    row = await connection.fetchrow(_PRIVILEGES)
    assert row is not None, "a session has a role"
    return "is a superuser" if row["is_superuser"] else "owns the tables" if row["owns"] else ""
