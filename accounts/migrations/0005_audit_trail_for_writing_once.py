"""Where the application has a database role of its own, take from it what would change the audit trail."""

from django.db import migrations

REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kcrm_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON accounts_auditentry FROM kcrm_app;
        REVOKE DELETE, TRUNCATE ON accounts_auditseal FROM kcrm_app;
    END IF;
END $$;
"""
GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kcrm_app') THEN
        GRANT UPDATE, DELETE ON accounts_auditentry TO kcrm_app;
        GRANT DELETE ON accounts_auditseal TO kcrm_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_seals")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
