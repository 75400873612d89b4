"""A driver's reports, as the plain forms and as the phone send them."""

import json
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone


def press(browser: Client, verb: str, follow: bool = True, **facts: Any) -> Any:
    """One form of the driver's page, without a script."""
    form = {"key": uuid.uuid4(), "verb": verb, **facts}
    return browser.post(reverse("logistics:drive_report"), form, follow=follow)


def report(verb: str, made_at: Any = None, key: Any = None, **facts: Any) -> dict[str, Any]:
    """What the phone keeps of one action."""
    moment = (made_at or timezone.now()).isoformat()
    return {"key": str(key or uuid.uuid4()), "verb": verb, "facts": facts, "made_at": moment}


def send(browser: Client, *reports: Any, **envelope: Any) -> Any:
    """The answer of the server to these reports, sent together."""
    body = json.dumps({"reports": list(reports), **envelope})
    return browser.post(reverse("logistics:drive_sync"), body, content_type="application/json")


def answers(browser: Client, *reports: Any, **envelope: Any) -> list[tuple[str, str]]:
    """State and sentence of each."""
    said = send(browser, *reports, **envelope)
    assert said.status_code == 200, said.content.decode()
    return [(one["state"], one["sentence"]) for one in said.json()["answers"]]
