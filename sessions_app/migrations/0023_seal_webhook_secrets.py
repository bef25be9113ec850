from django.db import migrations

COLUMNS = ("secret", "previous_secret")


def seal_secrets(apps, schema_editor):
    """Seal what is in clear. What is sealed begins with a byte that no secret does, so this may run again."""
    from facepass.core.keys import sealing

    rewrite(
        schema_editor, lambda value, place: value if value[:1] == sealing.VERSION else sealing.seal(value, place=place)
    )


def unseal_secrets(apps, schema_editor):
    from facepass.core.keys import sealing

    rewrite(schema_editor, lambda value, place: sealing.unseal(value, place=place))


def rewrite(schema_editor, change):
    from facepass.core.keys.sealing import Place

    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE webhook_endpoints SET previous_secret = NULL WHERE previous_secret = ''")
        for column in COLUMNS:
            cursor.execute(f"SELECT id, {column} FROM webhook_endpoints WHERE {column} IS NOT NULL")
            for pk, value in cursor.fetchall():
                changed = change(bytes(value), Place("webhook_endpoints", column, (str(pk),)))
                cursor.execute(f"UPDATE webhook_endpoints SET {column} = %s WHERE id = %s", [changed, pk])


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0022_sealed_columns")]

    operations = [migrations.RunPython(seal_secrets, unseal_secrets)]
