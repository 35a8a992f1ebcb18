#!/bin/sh
# Runs once, when the database is first made. Three roles: the owner migrates, the application reads and writes rows,
# the reader only reads. What the application may not do to single tables (the audit trail) is revoked by migrations.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set app_password="$KCRM_APP_PASSWORD" --set read_password="$KCRM_READ_PASSWORD" --set database="$POSTGRES_DB" <<'SQL'
CREATE ROLE kcrm_app LOGIN PASSWORD :'app_password';
CREATE ROLE kcrm_read LOGIN PASSWORD :'read_password';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO kcrm_app;
GRANT CONNECT ON DATABASE :"database" TO kcrm_read;
GRANT USAGE ON SCHEMA public TO kcrm_app, kcrm_read;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kcrm_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO kcrm_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO kcrm_read;
ALTER ROLE kcrm_read SET default_transaction_read_only = on;
SQL
