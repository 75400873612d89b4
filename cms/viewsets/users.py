"""Users in the back office: Wagtail's screens with our person, who has a telephone number and one name."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from market.accounts import PhoneField
from market.models import User

FIELDS = ["phone", "name", "email", "is_superuser", "groups"]


class _PersonFields(forms.ModelForm):
    """What both forms share. Without a password the person logs in by SMS code only."""

    first_name = None
    last_name = None
    phone = PhoneField()
    name = forms.CharField(label=_("姓名"), max_length=40)
    email = forms.EmailField(label=_("邮箱"), required=False, help_text=_("可以不填；填了才会收到审核提醒邮件"))

    @property
    def password_required(self) -> bool:
        return False


class PersonCreationForm(_PersonFields, UserCreationForm):
    error_messages = {**UserCreationForm.error_messages, "duplicate_username": _("这个手机号已经有账号")}

    class Meta(UserCreationForm.Meta):
        model = User
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("可以不填；不填就只能用短信验证码登录")

    def save(self, commit: bool = True) -> User:
        if not self.cleaned_data.get("password1"):
            self.instance.set_unusable_password()
        return super().save(commit)


class PersonEditForm(_PersonFields, UserEditForm):
    error_messages = {**UserEditForm.error_messages, "duplicate_username": _("这个手机号已经有账号")}

    class Meta(UserEditForm.Meta):
        model = User
        fields = [*FIELDS, "is_active"]


class PeopleIndexView(IndexView):
    @cached_property
    def search_fields(self) -> set[str]:
        return {"phone", "name", "email"}

    def order_queryset(self, queryset: Any) -> Any:
        """Wagtail sorts by first and last name, which ours do not have."""
        return queryset.order_by(self.ordering or "phone")


class UserViewSet(WagtailUserViewSet):
    index_view_class = PeopleIndexView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return PersonEditForm if for_update else PersonCreationForm
