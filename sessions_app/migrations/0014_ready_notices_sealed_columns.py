from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0013_printed_pin")]

    operations = [
        migrations.RemoveConstraint(model_name="readynotice", name="one_notice_per_address"),
        migrations.RenameField(model_name="readynotice", old_name="address", new_name="plain_address"),
        migrations.AddField(model_name="readynotice", name="address", field=models.BinaryField(null=True)),
        migrations.AddField(
            model_name="readynotice", name="address_digest", field=models.CharField(max_length=64, null=True)
        ),
        migrations.AddField(model_name="readynotice", name="confirmed_at", field=models.DateTimeField(null=True)),
    ]
