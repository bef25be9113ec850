"""Thresholds that went: what was stored of them would be refused as unknown."""

from django.db import migrations

KEY, GONE = "recognition_settings", ("certain", "margin", "widen")


def forget(apps, schema_editor):
    for row in apps.get_model("recognition", "RecognitionConfig").objects.filter(key=KEY):
        thresholds = row.value.get("confidence_thresholds")
        if isinstance(thresholds, dict) and set(GONE) & set(thresholds):
            row.value["confidence_thresholds"] = {k: v for k, v in thresholds.items() if k not in GONE}
            row.save()


class Migration(migrations.Migration):
    dependencies = [("recognition", "0003_recognitionconfigchange")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
