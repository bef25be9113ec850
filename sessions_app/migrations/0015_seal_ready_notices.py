from django.db import migrations


def place_of(notice):
    from facepass.core.keys.sealing import Place

    return Place("ready_notices", "address", (str(notice.session_id), notice.address_digest))


def seal_addresses(apps, schema_editor):
    """Addresses that were put down when none had to be confirmed get the e-mail that they were promised."""
    from facepass.core.keys import sealing
    from sessions_app.sealing import digest

    ReadyNotice = apps.get_model("sessions_app", "ReadyNotice")
    for notice in ReadyNotice.objects.all().iterator():
        notice.address_digest = digest(notice.plain_address)
        notice.address = sealing.seal(notice.plain_address.encode(), place=place_of(notice))
        notice.confirmed_at = notice.asked_at
        notice.save(update_fields=["address", "address_digest", "confirmed_at"])


def unseal_addresses(apps, schema_editor):
    from facepass.core.keys import sealing

    ReadyNotice = apps.get_model("sessions_app", "ReadyNotice")
    for notice in ReadyNotice.objects.all().iterator():
        notice.plain_address = sealing.unseal(bytes(notice.address), place=place_of(notice)).decode()
        notice.save(update_fields=["plain_address"])


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0014_ready_notices_sealed_columns")]

    operations = [migrations.RunPython(seal_addresses, unseal_addresses)]
