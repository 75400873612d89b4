"""The person who logs in."""

from typing import ClassVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, phone: str, password: str | None = None, **fields: object) -> "User":
        """Create a person. `phone` is E.164 ("+8613800000000"); without a password only the SMS code opens the door."""
        user = self.model(phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def known_or_new(self, phone: str, *, name: str) -> "User":
        """The owner of the number; an account called `name` where there was none. Two at once make one account."""
        user, _made = self.get_or_create(phone=phone, defaults={"name": name, "password": make_password(None)})
        return user

    def create_superuser(self, phone: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(
            phone, password, **{"is_staff": True, "is_superuser": True, "phone_verified": True, **fields}
        )


class User(AbstractUser):
    """A person, known by the telephone number. What they may do comes from memberships and, for the bureau, groups."""

    username = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    phone = models.CharField(_("手机号"), max_length=20, unique=True, help_text="+8613800000000")
    phone_verified = models.BooleanField(_("手机号已验证"), default=False)
    name = models.CharField(_("姓名"), max_length=40, blank=True)

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.name or self.local_phone

    @property
    def local_phone(self) -> str:
        """The number as it is spoken: eleven digits for the mainland."""
        return self.phone.removeprefix("+86")

    @property
    def first_name(self) -> str:  # type: ignore[override]
        """What the back office's side bar greets people with; there is one name only."""
        return str(self)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
