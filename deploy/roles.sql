-- The three roles of a kist database, and the database itself. It can be run again at any time.
--
--   psql --dbname=postgres --set=database=kist --file=deploy/roles.sql
--
-- It runs as a superuser, or as a role that may create roles and databases. The passwords come from the environment:
-- KIST_OWNER_PASSWORD, KIST_APPLICATION_PASSWORD, KIST_READER_PASSWORD; without one the role keeps what it has.
-- The script takes over an existing database: kist_owner then owns the objects of other roles.
-- `kist migrate` grants the roles their privileges afterwards.
--
-- --set=dedicated=1 means that the server serves kist only: other roles may not connect to its other databases.
\set ON_ERROR_STOP on
\if :{?database}
\else
  \set database kist
\endif
\getenv owner_password KIST_OWNER_PASSWORD
\getenv application_password KIST_APPLICATION_PASSWORD
\getenv reader_password KIST_READER_PASSWORD
\pset tuples_only on
SELECT rolsuper AS is_superuser FROM pg_roles WHERE rolname = current_user \gset
\if :is_superuser
  -- The log is not to show the passwords.
  SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET log_min_duration_statement = -1;
\endif

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['kist_owner', 'kist_application', 'kist_reader']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', rolname)
FROM pg_roles WHERE rolname IN ('kist_owner', 'kist_application', 'kist_reader')
    AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) \gexec
\if :{?owner_password}
  ALTER ROLE kist_owner PASSWORD :'owner_password';
\endif
\if :{?application_password}
  ALTER ROLE kist_application PASSWORD :'application_password';
\endif
\if :{?reader_password}
  ALTER ROLE kist_reader PASSWORD :'reader_password';
\endif
\if :is_superuser
\else
  -- Only a member may make the owner the owner of something.
  GRANT kist_owner TO CURRENT_USER;
\endif

SELECT format('CREATE DATABASE %I OWNER kist_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('ALTER DATABASE %I OWNER TO kist_owner', datname) FROM pg_database
WHERE datname = :'database' AND datdba <> 'kist_owner'::regrole \gexec
\if :{?dedicated}
  REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
\endif

\connect :"database"
SET lock_timeout = '5s';
SELECT 'ALTER SCHEMA public OWNER TO pg_database_owner' FROM pg_namespace
WHERE nspname = 'public' AND nspowner <> 'pg_database_owner'::regrole \gexec
-- Objects of an extension keep their owner. A column's sequence follows its table.
SELECT format('ALTER TABLE public.%I OWNER TO kist_owner', relname) FROM pg_class c
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND relowner <> 'kist_owner'::regrole
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') \gexec
SELECT format('ALTER ROUTINE %s OWNER TO kist_owner', oid::regprocedure) FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace AND proowner <> 'kist_owner'::regrole
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') \gexec
