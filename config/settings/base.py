"""Settings common to every environment. What differs by place is read from the environment (see docs/operations.md)."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
# Demo: shows the demo log-ins and the SMS code on the page. Refused by the production settings.
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "cms",
    "orders.logistics",
    "orders",
    "market",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.apps.CmsUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # Wagtail says "a moment ago" through it; its Chinese is found only when installed
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguageMiddleware",
    "config.large_type.LargeTypeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.middleware.BackOfficeDoorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        # Lists of cards only: the same 24 cards cost a tenth of the time (docs/decisions/0003-two-template-engines.md).
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "config/jinja2"],
        "APP_DIRS": True,
        "OPTIONS": {"environment": "config.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["market.templatetags.market_ui"],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA temp_store=MEMORY;"
    ),
}


def database(url: str) -> dict:
    """A DATABASES entry for `url`, with the options measured in docs/decisions/0001-databases.md."""
    entry = env.db_url_config(url)
    entry["CONN_MAX_AGE"] = 600
    if entry["ENGINE"].endswith("sqlite3"):
        entry["OPTIONS"] = {**SQLITE_OPTIONS, **entry.get("OPTIONS", {})}
    else:
        entry["CONN_HEALTH_CHECKS"] = True
        # Lets market.prepared keep its statements on the server; Django's own cursors never do.
        entry["OPTIONS"] = {"prepare_threshold": 5, **entry.get("OPTIONS", {})}
    return entry


DATABASES = {"default": database(env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'market.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- caches ---------------------------------------------------------------------------------------------------
# "default" is shared by all processes (throttles hold); "pages" is per process and lives for seconds only, so that
# the remaining weight a buyer decides by is never older than PAGE_SECONDS (market/views/pages.py).
CACHE_URL = env("CACHE_URL", default="")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}
    ),
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
PAGE_SECONDS = 2

# --- people ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "market.User"
AUTHENTICATION_BACKENDS = ["market.backends.PhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "market.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "market:me"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "market.accounts.PhoneAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 300
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 5
ACCOUNT_FORMS = {
    "login": "market.forms.accounts.LogInForm",
    "signup": "market.forms.accounts.SignUpForm",
    "confirm_login_code": "market.forms.accounts.LogInCodeForm",
    "verify_phone": "market.forms.accounts.SignUpCodeForm",
}
# A village shares one address on its carrier's network: the limits for each number are the narrow ones.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "signup": "30/m/ip",
    "request_login_code": "40/m/ip,3/m/key,10/h/key",
    "verify_phone": "1/30s/key,10/h/key,30/m/ip",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
SMS_BACKEND = env("SMS_BACKEND", default="market.sms.ConsoleSms")
HOTLINE = env("HOTLINE", default="0731-12345")

# --- languages ------------------------------------------------------------------------------------------------
# Message ids are Simplified Chinese: a Chinese page can never show an untranslated English word of ours.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "config/static",
    ("vendor/pico", NODE_MODULES / "@picocss/pico/css"),
    ("vendor/htmx", NODE_MODULES / "htmx.org/dist"),
    ("vendor/leaflet", NODE_MODULES / "leaflet/dist"),
    ("vendor/cborg", NODE_MODULES / "cborg/lib"),
    ("vendor/jsqr", NODE_MODULES / "jsqr/dist"),
]
ICONS_DIR = NODE_MODULES / "lucide-static/icons"
PDF_FONTS_DIR = NODE_MODULES / "@expo-google-fonts/noto-sans-sc"
MEDIA_URL = "/media/"
PRIVATE_ROOT = Path(env("PRIVATE_ROOT", default=str(VAR_DIR / "private")))
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(BASE_DIR / "media")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Papers and photographs that only some may see: under no public address, handed out by views that ask who reads.
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
}

# --- background work ------------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- what a browser may load ----------------------------------------------------------------------------------
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows previews in a frame of its own site
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CMS_PREFIX = "/cms/"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": [CMS_PREFIX],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}

# --- mail -----------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="绿通集市 <noreply@localhost>")

# --- Wagtail --------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "绿通集市"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_AUTOSAVE_INTERVAL = 0
WAGTAIL_FINISH_WORKFLOW_ACTION = "market.moderation.publish_reviewed_revision"
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILADMIN_LOGIN_URL = "account_login"

# --- pledges (orders) -----------------------------------------------------------------------------------------
HOLD_MINUTES = env.int("HOLD_MINUTES", default=60)
OFFER_HOURS = env.int("OFFER_HOURS", default=12)
# How long after a receipt its seller may still disagree.
DISPUTE_HOURS = env.int("DISPUTE_HOURS", default=48)
# On the eve of each day, from this hour on, the clock places the standing pledges of the day.
STANDING_HOUR = env.int("STANDING_HOUR", default=17)
# The safety net of a matching: its work is counted (about 45 CPU seconds for the largest days), not timed.
MATCH_SECONDS = env.int("MATCH_SECONDS", default=120)

# --- passes (orders.logistics) ----------------------------------------------------------------------------------
# The private halves of the keys that sign pass codes are encrypted under this; without it, under SECRET_KEY.
PASS_KEY_SECRET = env("PASS_KEY_SECRET", default="")

# --- the planner (orders.logistics) ---------------------------------------------------------------------------
# A driver may report the first arrival of a trip no earlier than this before its planned start.
BEGIN_EARLY_HOURS = env.int("BEGIN_EARLY_HOURS", default=6)
PLANNER_SECONDS = env.int("PLANNER_SECONDS", default=10)
PLANNER_ENGINE = env("PLANNER_ENGINE", default="auto")
ROAD_FACTOR = env.float("ROAD_FACTOR", default=1.3)
ROAD_SPEED_KMH = env.float("ROAD_SPEED_KMH", default=45.0)
# An OSRM-compatible table service, such as http://osrm:5000; without one the two figures above stand in.
ROUTING_URL = env("ROUTING_URL", default="")
ROUTING_SECONDS = env.float("ROUTING_SECONDS", default=3.0)
# Driving hours: a stop after so long a time without one, and at most so long a day.
DRIVER_MAX_MINUTES = env.int("DRIVER_MAX_MINUTES", default=480)
DRIVER_BREAK_AFTER_MINUTES = env.int("DRIVER_BREAK_AFTER_MINUTES", default=240)
DRIVER_BREAK_MINUTES = env.int("DRIVER_BREAK_MINUTES", default=20)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"market": {"level": "INFO"}, "orders": {"level": "INFO"}, "cms": {"level": "INFO"}},
}
