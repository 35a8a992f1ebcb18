"""The table of Django's database cache: counters of the sign-in library that every process must share."""

from django.db import migrations

CREATE = """
CREATE TABLE kcrm_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX kcrm_cache_expires ON kcrm_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sign_in_failures")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE kcrm_cache")]
