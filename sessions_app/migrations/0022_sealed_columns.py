from django.db import migrations

import facepass.core.keys.sealed_fields
import sessions_app.models.webhook

SECRETS = ("secret", "previous_secret")


class Migration(migrations.Migration):
    """Secrets of webhooks become bytes, which the next migration seals. The other columns were bytes before."""

    dependencies = [("sessions_app", "0021_retention")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE webhook_endpoints ALTER COLUMN previous_secret DROP NOT NULL",
                    "UPDATE webhook_endpoints SET previous_secret = '' WHERE previous_secret IS NULL;"
                    " ALTER TABLE webhook_endpoints ALTER COLUMN previous_secret SET NOT NULL",
                ),
                *(
                    migrations.RunSQL(
                        f"ALTER TABLE webhook_endpoints ALTER COLUMN {column} TYPE bytea USING convert_to({column}, 'UTF8')",
                        f"ALTER TABLE webhook_endpoints ALTER COLUMN {column} TYPE varchar(60)"
                        f" USING convert_from({column}, 'UTF8')",
                    )
                    for column in SECRETS
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="webhookendpoint",
                    name="previous_secret",
                    field=facepass.core.keys.sealed_fields.SealedTextField(editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name="webhookendpoint",
                    name="secret",
                    field=facepass.core.keys.sealed_fields.SealedTextField(
                        default=sessions_app.models.webhook.new_secret, editable=False
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="alert", name="address", field=facepass.core.keys.sealed_fields.SealedTextField()
        ),
        migrations.AlterField(
            model_name="alert", name="descriptor", field=facepass.core.keys.sealed_fields.SealedField()
        ),
        migrations.AlterField(
            model_name="guestrules",
            name="printed_pin",
            field=facepass.core.keys.sealed_fields.SealedTextField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="readynotice",
            name="address",
            field=facepass.core.keys.sealed_fields.SealedTextField(bound_to=("session_id", "address_digest")),
        ),
    ]
