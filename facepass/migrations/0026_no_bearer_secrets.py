from django.db import migrations

# Sessions were stored under the value of their cookie, and refresh tokens as they are presented. Of tokens the id is
# enough. Sessions end, and are stored under digests from now on: a dump from before opens none of them either.
FORGET = """
    UPDATE token_blacklist_outstandingtoken SET token = '';
    DELETE FROM sign_ins;
    DELETE FROM django_session;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("facepass", "0025_rewritten_tables"),
        ("sessions", "0001_initial"),
        ("token_blacklist", "0013_alter_blacklistedtoken_options_and_more"),
    ]
    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
