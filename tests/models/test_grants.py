"""The application's role does what models/grants.py declares, and nothing more; the reader sees no secret."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from models import database, grants
from models.database_errors import NotOwnerError
from ops.commands import checks
from ops.embedded import postgres
from settings import Settings
from tests.servers import as_superuser, execute

# Refused to the application, whatever is in the tables: each a way to lose, change or hide what is written once.
FORBIDDEN = [
    "DROP TABLE payments",
    "DROP TABLE ledger_entries CASCADE",
    "DROP TRIGGER payments_noted ON payments",
    "DROP FUNCTION refuse_change CASCADE",
    "DROP INDEX audit_entries_payments",
    "DROP SCHEMA public CASCADE",
    "DROP OWNED BY kist_owner",
    "DROP ROLE kist_owner",
    "TRUNCATE sign_in_failures",
    "TRUNCATE loans CASCADE",
    "ALTER TABLE payments ADD COLUMN note text",
    "ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_append_only",
    "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
    "ALTER TABLE users OWNER TO kist_application",
    "ALTER TABLE loans DROP CONSTRAINT loans_interest_rate_check",
    "ALTER FUNCTION note_payment() OWNER TO kist_application",
    "ALTER ROLE kist_application SUPERUSER",
    "ALTER ROLE kist_owner PASSWORD 'known'",
    "ALTER SYSTEM SET fsync = off",
    "CREATE TRIGGER mine BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TABLE mine (id int)",
    "CREATE TABLE public.mine AS SELECT * FROM users",
    "CREATE VIEW mine AS SELECT * FROM users",
    "CREATE INDEX mine ON payments (amount)",
    "CREATE RULE mine AS ON INSERT TO audit_entries DO INSTEAD NOTHING",
    "CREATE EXTENSION file_fdw",
    "CREATE EVENT TRIGGER mine ON sql_drop EXECUTE FUNCTION refuse_change()",
    "CREATE SCHEMA mine",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "COMMENT ON TABLE payments IS 'mine'",
    "GRANT kist_owner TO kist_application",
    "SET session_replication_role = replica",
    "SET ROLE kist_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET allow_system_table_mods = on",
    "COPY payments TO PROGRAM 'cat'",
    "COPY payments TO '/tmp/payments'",
    "COPY sign_in_failures (account_digest) FROM '/etc/passwd'",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_reload_conf()",
    "SELECT lo_import('/etc/passwd')",
    "SELECT setval('payments_id_seq', 1)",
    "SELECT nextval('payments_id_seq')",
    "BEGIN; LOCK TABLE payments IN ACCESS EXCLUSIVE MODE",
    "UPDATE loans SET interest_rate = 0",
    "UPDATE loans SET amount = amount",
    "UPDATE loans SET user_id = 1, emi = 0",
    "UPDATE bills SET loan_id = 1",
    "UPDATE bills SET created_at = now()",
    "UPDATE users SET created_at = now()",
    "UPDATE operators SET email = 'mine@kist.test'",
    "UPDATE refresh_tokens SET expires_at = 'infinity'",
    "UPDATE refresh_tokens SET token_hash = sha256('')",
    "UPDATE password_resets SET expires_at = 'infinity'",
    "UPDATE password_resets SET code_digest = sha256('')",
    "UPDATE loan_applications SET reasons = '{}'",
    "UPDATE credit_assessments SET score = 900",
    "UPDATE transactions SET amount = amount",
    "DELETE FROM aerich",
    "DELETE FROM operators",
    "DELETE FROM users",
    "DELETE FROM loans",
    "DELETE FROM bills",
    "INSERT INTO aerich (version, app, content) VALUES ('1', 'models', '{}')",
    "UPDATE pg_class SET relowner = 10",
    "DELETE FROM pg_trigger",
]
WRITTEN_ONCE = ("ledger_entries", "audit_entries", "audit_links", "payments", "allocations", "loan_events")
HEADS = ("loan_heads", "book_heads")
FORBIDDEN += [f"UPDATE {table} SET {{column}} = {{column}}".format(column="id") for table in WRITTEN_ONCE[:2]]
FORBIDDEN += [
    "UPDATE audit_links SET hash = hash",
    "UPDATE payments SET amount = amount",
    "UPDATE payments SET sequence = 7",
    "UPDATE payments SET paid_on = paid_on",
    "UPDATE allocations SET interest = interest",
    "UPDATE loan_events SET amount = 1",
    *(f"UPDATE {table} SET head = head" for table in HEADS),
    *(f"DELETE FROM {table}" for table in HEADS),
]
FORBIDDEN += [f"{start} {table}" for start in ("DELETE FROM", "TRUNCATE", "DROP TABLE") for table in WRITTEN_ONCE]
FORBIDDEN += [f"SELECT * FROM {table} FOR UPDATE" for table in WRITTEN_ONCE[:3]]

SECRET = re.compile(r"password|code_digest|aadhaar|token|successor|account_digest|email|phone|address$|content")
# An operator is named in reports, and where a request came from is in the audit log.
SHOWN = {"operators.email", "audit_entries.address"}


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[database.Connection]:
    url = settings.database_owner_url.replace("kist_owner@", "kist_reader@")
    connection = await asyncpg.connect(**database.arguments(url))
    yield connection
    await connection.close()


@pytest.fixture
async def application(settings: Settings) -> AsyncIterator[database.Connection]:
    connection = await asyncpg.connect(**database.arguments(settings.database_url))
    yield connection
    await connection.close()


async def test_every_table_has_its_grant_and_every_grant_its_table(memory: Settings) -> None:
    rows = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    there = {row["tablename"] for row in rows}
    undeclared, gone = there - grants.TABLES.keys(), grants.TABLES.keys() - there
    assert not undeclared, (
        f"models/grants.py declares nothing for {sorted(undeclared)}: the application cannot use them"
    )
    assert not gone, f"models/grants.py declares {sorted(gone)}, which no migration makes"


async def test_every_column_that_is_declared_is_there(memory: Settings) -> None:
    rows = await database.fetch(
        "SELECT attrelid::regclass::text AS table, attname AS column FROM pg_attribute a JOIN pg_class c ON c.oid ="
        " a.attrelid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0"
    )
    there = {f"{row['table']}.{row['column']}" for row in rows} | {f"{table}.*" for table in grants.TABLES}
    declared = {f"{name}.{column}" for name, grant in grants.TABLES.items() for column in (*grant.update, *grant.read)}
    assert declared <= there


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_application_is_refused(application: database.Connection, statement: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidAuthorizationSpecificationError)):
        await application.execute(statement)


async def test_the_application_has_no_privilege_that_is_not_declared(application: database.Connection) -> None:
    """The rights to every table, column by column, as PostgreSQL reckons them."""
    for name, grant in grants.TABLES.items():
        held = {
            right
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
            if await application.fetchval("SELECT has_table_privilege($1, $2)", f"public.{name}", right)
        }
        declared = {"INSERT": grant.insert, "DELETE": grant.delete, "MAINTAIN": grant.maintain}
        assert held == {"SELECT"} | {right for right, is_given in declared.items() if is_given}, name
        rows = await application.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped"
            " AND has_column_privilege(attrelid, attnum, 'UPDATE')",
            f"public.{name}",
        )
        assert {row["attname"] for row in rows} == set(grant.update), name
    row = await application.fetchrow(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS powers, EXISTS (SELECT"
        " FROM pg_auth_members WHERE member = r.oid) AS member FROM pg_roles r WHERE rolname = current_user"
    )
    assert row is not None
    assert (row["powers"], row["member"]) == (False, False)


async def test_the_reader_writes_nothing_and_makes_nothing(reader: database.Connection) -> None:
    for statement in FORBIDDEN:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidAuthorizationSpecificationError)):
            await reader.execute(statement)
        await reader.execute("ROLLBACK")
    for name in grants.TABLES:
        for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            assert not await reader.fetchval("SELECT has_table_privilege($1, $2)", f"public.{name}", right)


async def test_the_reader_sees_the_book_and_no_secret(reader: database.Connection) -> None:
    rows = await reader.fetch(
        "SELECT relname || '.' || attname AS column FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped"
        " AND has_column_privilege(attrelid, attnum, 'SELECT')"
    )
    seen = {row["column"] for row in rows}
    assert {column for column in seen if SECRET.search(column.partition(".")[2])} <= SHOWN
    for table in ("refresh_tokens", "password_resets", "sign_in_failures", "aerich"):
        assert not any(column.startswith(f"{table}.") for column in seen)
    for statement in (
        "SELECT sum(principal_balance) FROM loans",
        "SELECT debit, credit, sum(amount) FROM ledger_entries GROUP BY 1, 2",
        "SELECT * FROM payments JOIN allocations ON payment_id = payments.id",
        "SELECT id, name, credit_score FROM users",
    ):
        await reader.fetch(statement)


async def test_a_trigger_is_not_led_astray_by_a_temporary_table(memory: Settings) -> None:
    """Temporary tables come before others by their name: what a trigger writes must not go there."""
    rows = await database.fetch(
        "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype ="
        " 'trigger'::regtype"
    )
    assert rows
    for row in rows:
        assert row["proconfig"] == ["search_path=public, pg_temp"], row["proname"]


async def test_granting_again_takes_back_what_was_granted_by_hand(
    settings: Settings, application: database.Connection
) -> None:
    await execute(as_superuser(settings), "GRANT UPDATE, TRUNCATE ON payments TO kist_application")
    await application.execute("UPDATE payments SET amount = amount")
    assert await database.migrate(settings.owner_url()) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await application.execute("UPDATE payments SET amount = amount")


async def test_a_role_of_another_name_is_granted_the_same(settings: Settings) -> None:
    superuser, role = as_superuser(settings), '"another ""role"'
    await execute(superuser, f"CREATE ROLE {role} LOGIN")
    try:
        await database.migrate(settings.owner_url(), "postgresql://another%20%22role@/kist")
        connection = await asyncpg.connect(**database.arguments(superuser))
        await connection.execute(f"SET SESSION AUTHORIZATION {role}")
        assert await connection.fetch("SELECT FROM loans") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM loans")
        await connection.close()
    finally:
        await execute(superuser, f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_the_application_cannot_migrate(settings: Settings) -> None:
    await execute(as_superuser(settings), "DELETE FROM aerich")
    with pytest.raises(NotOwnerError, match="the role kist_application may not change tables"):
        await database.migrate(settings.database_url)


async def test_a_role_that_may_too_much_is_told_in_a_line(settings: Settings) -> None:
    assert await checks.excess_of_role(settings) == ""
    for url, said in ((as_superuser(settings), "is a superuser"), (settings.owner_url(), "owns the tables")):
        excess = await checks.excess_of_role(settings.model_copy(update={"database_url": url}))
        assert said in excess
        assert "\n" not in excess


def test_a_database_of_one_role_is_taken_over_where_it_is(tmp_path: Path) -> None:
    """As the version before left it: everything belongs to the superuser."""
    import asyncio

    async def as_before(urls: postgres.Addresses) -> None:
        connection = await asyncpg.connect(**database.arguments(urls.superuser))
        await connection.execute("ALTER DATABASE kist OWNER TO postgres")
        await connection.close()
        await database.migrate(urls.superuser)
        connection = await asyncpg.connect(**database.arguments(urls.superuser))
        await connection.execute("INSERT INTO operators (email, password_hash) VALUES ('one@kist.test', 'x')")
        for role in ("kist_application", "kist_owner", "kist_reader"):
            await connection.execute(f"DROP OWNED BY {role}")
        await connection.close()

    async def owners(urls: postgres.Addresses) -> tuple[set[str], int]:
        connection = await asyncpg.connect(**database.arguments(urls.application))
        try:
            rows = await connection.fetch(
                "SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                # The functions of an extension belong to the superuser.
                " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
                " UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'kist'"
            )
            return {row["owner"] for row in rows}, await connection.fetchval("SELECT count(*) FROM operators")
        finally:
            await connection.close()

    with postgres.running(tmp_path / "postgres") as urls:
        asyncio.run(as_before(urls))
    for _ in range(2):
        with postgres.running(tmp_path / "postgres") as urls:
            assert asyncio.run(database.migrate(urls.owner)) == []
            assert asyncio.run(owners(urls)) == ({"kist_owner"}, 1)
