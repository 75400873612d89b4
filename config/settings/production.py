"""Production. Refuses to start with an unsafe setting: a sentence says which one and what would cure it."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, DEMO, SECRET_KEY, SITE_URL, SMS_BACKEND, STORAGES, env


def _refuse_unsafe() -> None:
    problems = []
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("development-only"):
        problems.append("SECRET_KEY: set a random value of at least 50 characters")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        problems.append("ALLOWED_HOSTS: name the hosts, without *")
    if not SITE_URL.startswith("https://"):
        problems.append("SITE_URL: must begin with https://")
    if DEMO or env.bool("DEBUG", default=False):
        problems.append("DEMO, DEBUG: must be off; they show log-in codes and source code")
    if SMS_BACKEND in {"market.sms.ConsoleSms", "market.sms.MemorySms"}:
        problems.append("SMS_BACKEND: a backend that sends is needed, or nobody can log in")
    if not env("EMAIL_BACKEND", default=""):
        problems.append("EMAIL_BACKEND: name one, or the notes to the desks only reach the console")
    if problems:
        raise ImproperlyConfigured("Refusing to start. " + "; ".join(problems) + ". See docs/operations.md.")


_refuse_unsafe()
DEBUG = False
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # frames of our own site are Wagtail's previews, see X_FRAME_OPTIONS
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "config.storage.ModuleManifestStorage"},
}
