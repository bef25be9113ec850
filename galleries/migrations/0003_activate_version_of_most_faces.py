"""Installations from before `active`: what described most faces is what searches compare with."""

from django.db import migrations
from django.db.models import Count
from django.db.models.functions import Now


def activate(apps, schema_editor):
    versions = apps.get_model("recognition", "ModelVersion").objects
    if versions.filter(active=True).exists():
        return
    faces = apps.get_model("galleries", "PhotoFace").objects.order_by()
    most = faces.values_list("model_version").annotate(n=Count("pk")).order_by("-n").first()
    if most:
        versions.filter(pk=most[0]).update(active=True, activated_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("galleries", "0002_descriptions_beside"),
        ("recognition", "0002_active_model_version"),
    ]

    operations = [migrations.RunPython(activate, migrations.RunPython.noop)]
