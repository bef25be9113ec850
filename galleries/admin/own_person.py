"""Forms in which a face or a group gets a name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from galleries.models import Person, PhotoFace


class OwnPersonForm(forms.ModelForm[Any]):
    def clean_person(self) -> Person | None:
        """A superuser sees every studio's people; a row takes only one of its own studio."""
        person: Person | None = self.cleaned_data["person"]
        row = self.instance.gallery if isinstance(self.instance, PhotoFace) else self.instance
        if person and person.studio_id != row.studio_id:
            raise forms.ValidationError(_("This person belongs to another studio."))
        return person
