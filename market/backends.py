"""Who is logged in, read by a prepared statement on every request."""

from allauth.account.auth_backends import AuthenticationBackend

from market.models import User
from market.prepared import Prepared, whole_numbers

_by_pk = Prepared(lambda pk: User.objects.filter(pk=pk), *whole_numbers(1))


class PhoneBackend(AuthenticationBackend):
    """allauth's rules for who may log in; only the read of a known person is quicker."""

    def get_user(self, user_id: int) -> User | None:
        found = _by_pk(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None
