"""Forms in which a face or a group gets a name, and people are made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from galleries.models import Person, PhotoFace
from galleries.people import naming


class OwnPersonForm(forms.ModelForm[Any]):  # of a face or of a group
    def clean_person(self) -> Person | None:
        """Return the person. Raise ValidationError for one of another studio, of which superusers see all."""
        person: Person | None = self.cleaned_data["person"]
        row = self.instance.gallery if isinstance(self.instance, PhotoFace) else self.instance
        if person and person.studio_id != row.studio_id:
            raise forms.ValidationError(_("This person belongs to another studio."))
        return person


class PersonForm(forms.ModelForm[Person]):
    class Meta:
        widgets = {"notes": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {
            "notes": _("For your studio's staff only."),
            "is_vip": _("Stands first among the people, with a mark."),
            "is_hidden": _(
                "Not suggested as a name for faces that look alike, and not shown among the people at first. Typing "
                "the name finds the person; photos, searches and what guests find do not change."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a new person of a name that somebody has, unless an e-mail or an external id tells the two apart."""
        cleaned = super().clean() or {}
        name, studio = cleaned.get("real_name"), cleaned.get("studio")
        is_distinct = cleaned.get("email") or cleaned.get("external_id") or not self.instance._state.adding
        if name and studio and not is_distinct and naming.find_namesakes(name, studio_id=studio.pk).exists():
            message = _("Somebody has this name already. Give an e-mail or an external id for another person.")
            self.add_error("real_name", message)
        return cleaned
