"""Every setting of the server, read from the environment once, checked once, explained in docs/settings.md."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


def text(name: str, default: str) -> str:
    """Text from the environment; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """True or False from the environment; anything else stops the start."""
    value = os.environ.get(name, str(default))
    if value not in ("True", "False"):
        raise ImproperlyConfigured(
            f"{name} is {value!r}, but a flag is True or False. Set {name}=True or {name}=False."
        )
    return value == "True"


def whole(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from the environment within its limits; anything else stops the start."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, but it is a whole number from {least} to {most}. Mend it or unset it."
        )
    return int(value)


def one_of(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One word of a list from the environment; anything else stops the start."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}, but it is one of {', '.join(choices)}. Mend it or unset it.")
    return value


PACKAGE = Path(__file__).parent
HOME = Path(text("ONEROOF_HOME", "var")).absolute()


def kept_secret() -> str:
    """The key that signs cookies and links: from the environment, else made once and kept in the home folder."""
    if given := os.environ.get("ONEROOF_SECRET_KEY", ""):
        if len(given) < 50:
            raise ImproperlyConfigured(
                f"ONEROOF_SECRET_KEY has {len(given)} characters, but a key that can't be guessed has 50 or more. "
                "Unset it, and one is made and kept in ONEROOF_HOME."
            )
        return given
    place = HOME / "secret-key"
    if not place.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(secrets.token_urlsafe(64))
    return place.read_text()


def database() -> dict[str, object]:
    """The embedded SQLite in the home folder, or the PostgreSQL that ONEROOF_DATABASE_URL names."""
    url = text("ONEROOF_DATABASE_URL", f"sqlite:///{HOME / 'oneroof.sqlite3'}")
    scheme = urlsplit(url).scheme
    if scheme not in ("sqlite", "postgresql", "postgres"):
        raise ImproperlyConfigured(
            f"ONEROOF_DATABASE_URL begins with {scheme!r}, but OneRoof keeps records in SQLite or PostgreSQL. "
            "Write sqlite:////folder/file.sqlite3 or postgresql://role:password@host:5432/database."
        )
    found = dict(dj_database_url.parse(url))
    found["ATOMIC_REQUESTS"] = False
    if scheme == "sqlite":
        # Writers queue at BEGIN IMMEDIATE, FULL keeps what was acknowledged.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
        }
        found["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
        Path(str(found["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    else:
        found["CONN_HEALTH_CHECKS"] = True
        found["CONN_MAX_AGE"] = 60
    return found


TESTING = "pytest" in sys.modules
SECRET_KEY = kept_secret()
DEBUG = flag("ONEROOF_DEBUG", default=False)
HTTPS = flag("ONEROOF_HTTPS", default=False)
DEMONSTRATION = flag("ONEROOF_DEMONSTRATION", default=False)
ADDRESS = text("ONEROOF_ADDRESS", "http://127.0.0.1:8000")
ALLOWED_HOSTS = [h.strip() for h in text("ONEROOF_HOSTS", "127.0.0.1,localhost").split(",")]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

DATABASES = {"default": database()}
POSTGRESQL = "postgresql" in str(DATABASES["default"]["ENGINE"])
# The role that owns the tables: it migrates. The application itself connects as a role that owns nothing.
OWNER_DATABASE_URL = text("ONEROOF_OWNER_DATABASE_URL", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "oneroof",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "oneroof.access.middleware.ViewerMiddleware",
]

ROOT_URLCONF = "oneroof.urls"
WSGI_APPLICATION = "oneroof.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "oneroof.access.shell.shell",
            ],
        },
    }
]
COTTON_DIR = "parts"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "parts/table.html"

# Who signs in, and how.
AUTH_USER_MODEL = "oneroof.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend", "sesame.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "oneroof.access.adapters.Accounts"
SOCIALACCOUNT_ADAPTER = "oneroof.access.adapters.OutsideAccounts"
SOCIALACCOUNT_ONLY = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SESAME_TOKEN_NAME = "link"
SESAME_ONE_TIME = True
SESAME_MAX_AGE = 60 * 60 * 24


def outside_sign_in() -> dict[str, object]:
    """The OIDC server that the environment names, or none; half a configuration stops the start."""
    names = ("ONEROOF_OIDC_SERVER", "ONEROOF_OIDC_CLIENT", "ONEROOF_OIDC_SECRET")
    given = {name: os.environ.get(name, "") for name in names}
    if not any(given.values()):
        return {}
    if missing := [name for name in names if not given[name]]:
        raise ImproperlyConfigured(
            f"Sign-in by OIDC needs {', '.join(names)}; {', '.join(missing)} is not set. Set all or none."
        )
    app = {
        "provider_id": "oidc",
        "name": text("ONEROOF_OIDC_NAME", "OIDC"),
        "client_id": given["ONEROOF_OIDC_CLIENT"],
        "secret": given["ONEROOF_OIDC_SECRET"],
        "settings": {"server_url": given["ONEROOF_OIDC_SERVER"], "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS = outside_sign_in()

# Sessions end with the working day; the end of a secondment ends them at once (access/middleware.py).
SESSION_COOKIE_AGE = 60 * 60 * whole("ONEROOF_SESSION_HOURS", 12, least=1, most=24)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Language and time: instants are kept in UTC and shown in the reader's zone.
LANGUAGE_CODE = one_of("ONEROOF_LANGUAGE", "en", ("en", "uk"))
LANGUAGES = [("en", _("English")), ("uk", _("Ukrainian"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = text("ONEROOF_TIME_ZONE", "Europe/Kyiv")

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
