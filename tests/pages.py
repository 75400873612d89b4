"""Pages as a reader sees them."""

import re
from typing import Any

from django.test import Client

from market.models import User
from market.sms import MemorySms

LOG_IN, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/"
SIGN_UP, VERIFY = "/accounts/signup/", "/accounts/phone/verify/"


def words_of(page: Any) -> str:
    """The visible text of the main part, white space run together."""
    main = re.search(r"<main.*?</main>", page.content.decode(), re.S).group(0)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def problems_of(page: Any) -> str:
    """The table of what is wrong with a sheet, as text."""
    table = re.search(r'id="problems".*?</table>', page.content.decode(), re.S).group(0)
    text = " ".join(re.sub(r"<[^>]+>", " ", table).split())
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")


def sealed_rows(page: Any) -> str:
    """What the button 确认导入 sends."""
    return re.search(r'name="rows" value="([^"]+)"', page.content.decode()).group(1)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent_code() -> str:
    """The code in the SMS sent last."""
    return re.search(r"验证码 (\d{6})，", MemorySms.outbox[-1][1]).group(1)


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def log_in(client: Client, typed: str, **more: str) -> Any:
    """Ask for a code and type the one that was sent; the answer to the second."""
    client.post(LOG_IN, {"login": typed, **more})
    return client.post(CONFIRM, {"code": sent_code(), **more})
