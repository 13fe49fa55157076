-- Who may sign in to PostgreSQL: the roles of a site's identities. An Entra administrator runs it once per site:
--   psql "host=… dbname=postgres user=… sslmode=verify-full sslrootcert=system" -v site=id-tripgen-prod -f deploy/roles.sql
-- To run it again does no harm. `python -m shared.db` then gives the group what it needs on each table.
\set ON_ERROR_STOP on

SELECT 'CREATE ROLE tripgen_services NOLOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tripgen_services') \gexec

SELECT pgaadauth_create_principal(:'site' || '-' || holder, false, false)
  FROM unnest(ARRAY['user', 'trip', 'ai', 'location', 'notification', 'migrations']) AS holder
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'site' || '-' || holder);

SELECT format('GRANT tripgen_services TO %I', :'site' || '-' || holder)
  FROM unnest(ARRAY['user', 'trip', 'ai', 'location', 'notification']) AS holder \gexec

\connect tripgen
GRANT USAGE ON SCHEMA public TO tripgen_services;
SELECT format('GRANT USAGE, CREATE ON SCHEMA public TO %I', :'site' || '-migrations') \gexec
