from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("galleries", "0037_bursts")]
    operations = [
        ValidateConstraint(model_name="galleryimage", name="gallery_images_readable"),
        AddIndexConcurrently(
            "galleryimage",
            models.Index(fields=["burst"], name="photos_of_bursts", condition=models.Q(burst__isnull=False)),
        ),
        AddIndexConcurrently(
            "galleryimage",
            models.Index(
                fields=["id"], name="unmeasured_photos", condition=models.Q(state="processed", sharpness__isnull=True)
            ),
        ),
    ]
