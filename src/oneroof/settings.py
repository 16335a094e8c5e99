"""Every setting of the server, read from the environment once, checked once, explained in docs/settings.md."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from oneroof.environment import Environment

# What is wrong is collected and told at once, at the end of this file.
_environment = Environment()
text, flag, whole, one_of = _environment.text, _environment.flag, _environment.whole, _environment.one_of

PACKAGE = Path(__file__).parent
HOME = Path(text("ONEROOF_HOME", "var")).absolute()


def kept_secret() -> str:
    """The key that signs cookies and links: from the environment, else made once and kept in the home folder."""
    if given := text("ONEROOF_SECRET_KEY", ""):
        if len(given) < 50:
            _environment.wrong(
                f"ONEROOF_SECRET_KEY has {len(given)} characters, but a key that can't be guessed has 50 or more. "
                "Unset it, and one is made and kept in ONEROOF_HOME."
            )
        return given
    place = HOME / "secret-key"
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        return _made_once(place)
    except OSError as error:
        _environment.wrong(
            f"ONEROOF_HOME is {HOME}, where {error.filename} can't be used: {error.strerror}. "
            "Choose a folder that you may write to, or mend the rights to it."
        )
        return secrets.token_urlsafe(64)


def _made_once(place: Path) -> str:
    """The text of a file, made whole under its name where there is none yet, whoever else makes it now."""
    if not place.exists():
        beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        beside.touch(mode=0o600)
        try:
            beside.write_text(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):
                os.link(beside, place)
        finally:
            beside.unlink()
    return place.read_text()


# How PostgreSQL weighs ways to a row, unless ?options= of the address says else. Databases stand on SSDs, or in memory:
# with the weights of turning disks it sorts a whole table rather than walk the index that has the order. The log's many
# walls look dear enough to be compiled, which takes longer than the fifty lines themselves.
PLANNING = "-c random_page_cost=1.1 -c jit=off"


def database(name: str = "ONEROOF_DATABASE_URL", default: str = "") -> dict[str, object]:
    """The database that a variable names: SQLite or PostgreSQL; none where neither variable nor default is given."""
    url = text(name, default)
    if not url:
        return {}
    scheme = urlsplit(url).scheme
    if scheme not in ("sqlite", "postgresql", "postgres"):
        _environment.wrong(
            f"{name} begins with {scheme!r}, but OneRoof keeps records in SQLite or PostgreSQL. "
            "Write sqlite:////folder/file.sqlite3 or postgresql://role:password@host:5432/database."
        )
        url, scheme = "sqlite://:memory:", ""
    try:
        found = dict(dj_database_url.parse(url))
    except ValueError:
        _environment.wrong(
            f"{name} can't be read as an address. Write postgresql://role:password@host:5432/database, and signs such "
            "as @ : / in the password as %40 %3A %2F."
        )
        found = dict(dj_database_url.parse("sqlite://:memory:"))
    found["ATOMIC_REQUESTS"] = False
    if scheme == "sqlite":
        # Writers queue at BEGIN IMMEDIATE, FULL keeps what was acknowledged.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
        }
        found["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
        _folder_of(name, Path(str(found["NAME"])))
    elif scheme:
        given = found.setdefault("OPTIONS", {})
        assert isinstance(given, dict)
        given.setdefault("options", PLANNING)
        found["CONN_HEALTH_CHECKS"] = True
        found["CONN_MAX_AGE"] = 60
    return found


def _folder_of(name: str, file: Path) -> None:
    """Make the folder of the embedded database."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _environment.wrong(f"{name} names {file}, whose folder can't be made: {error.strerror}. Choose another.")


TESTING = "pytest" in sys.modules
SECRET_KEY = kept_secret()
DEBUG = flag("ONEROOF_DEBUG", default=False)
HTTPS = flag("ONEROOF_HTTPS", default=False)
DEMONSTRATION = flag("ONEROOF_DEMONSTRATION", default=False)
ADDRESS = text("ONEROOF_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [h.strip() for h in text("ONEROOF_HOSTS", "127.0.0.1,localhost").split(",") if h.strip()]
if not ADDRESS.startswith("https://" if HTTPS else ("http://", "https://")) or not urlsplit(ADDRESS).hostname:
    _environment.wrong(
        f"ONEROOF_ADDRESS is {ADDRESS!r}, but links begin with {'https' if HTTPS else 'http'}:// and the host's name. "
        f"Write ONEROOF_ADDRESS={'https://oneroof.example.org' if HTTPS else 'http://127.0.0.1:8000'}."
    )
elif urlsplit(ADDRESS).hostname not in ALLOWED_HOSTS:
    _environment.wrong(
        f"ONEROOF_ADDRESS is {ADDRESS!r}, but ONEROOF_HOSTS ({', '.join(ALLOWED_HOSTS)}) lacks that host: links would "
        f"lead nowhere. Add {urlsplit(ADDRESS).hostname} to ONEROOF_HOSTS, or mend ONEROOF_ADDRESS."
    )
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

DATABASES = {"default": database(default=f"sqlite:///{HOME / 'oneroof.sqlite3'}")}
POSTGRESQL = "postgresql" in str(DATABASES["default"]["ENGINE"])
# The role that owns the tables: it migrates. The application itself connects as a role that owns nothing.
OWNER_DATABASE = database("ONEROOF_OWNER_DATABASE_URL")
# A role that reads everything and writes nothing, for backups.
BACKUP_DATABASE = database("ONEROOF_BACKUP_DATABASE_URL")
for _name, _other in (("ONEROOF_OWNER_DATABASE_URL", OWNER_DATABASE), ("ONEROOF_BACKUP_DATABASE_URL", BACKUP_DATABASE)):
    if _other and not (POSTGRESQL and "postgresql" in str(_other["ENGINE"])):
        _environment.wrong(
            f"{_name} is for PostgreSQL: it names another role of the database that ONEROOF_DATABASE_URL names. "
            "Let both begin with postgresql://, or unset it."
        )
# The Ed25519 key that signs the journal's checkpoints (PEM); made on first use where nothing else is named.
CHECKPOINT_KEY = Path(text("ONEROOF_CHECKPOINT_KEY", str(HOME / "checkpoint-key"))).absolute()
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
    "oneroof.running.watch.Watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "oneroof.running.logs.RequestLog",
    "oneroof.access.plain_http.Refuse",
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
    "oneroof.access.limits.Limits",
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
FILTERS_EMPTY_CHOICE_LABEL = _("Any")
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
    {"NAME": "oneroof.access.passwords.ContextValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
# A person has five tries in five minutes, an address of the network ten a minute.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key", "reauthenticate": "10/m/user"}
# How many proxies stand before the server: the address of whoever asks is the one before them.
ALLAUTH_TRUSTED_PROXY_COUNT = whole("ONEROOF_PROXIES", 0, least=0, most=5)
ACCOUNT_FORMS = {"reset_password": "oneroof.access.forgotten.ForgottenForm"}
ACCOUNT_ADAPTER = "oneroof.access.adapters.Accounts"
SOCIALACCOUNT_ADAPTER = "oneroof.access.adapters.OutsideAccounts"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
# Roles that write need a second factor; people made for demonstration do without.
SECOND_FACTOR = flag("ONEROOF_SECOND_FACTOR", default=True)
MFA_ADAPTER = "oneroof.access.adapters.Factors"
MFA_FORMS = {"add_webauthn": "oneroof.access.people_forms.KeyForm"}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SESAME_TOKEN_NAME = "link"
SESAME_ONE_TIME = True
SESAME_INVALIDATE_ON_EMAIL_CHANGE = True
SESAME_SIGNATURE_SIZE = 20
SESAME_TOKENS = ["sesame.tokens_v2"]
SESAME_MAX_AGE = 60 * 60 * 24


def outside_sign_in() -> dict[str, object]:
    """The OIDC server that the environment names, or none; half a configuration stops the start."""
    names = ("ONEROOF_OIDC_SERVER", "ONEROOF_OIDC_CLIENT", "ONEROOF_OIDC_SECRET")
    given = {name: text(name, "") for name in names}
    called = text("ONEROOF_OIDC_NAME", "OIDC")
    if not any(given.values()):
        return {}
    if missing := [name for name in names if not given[name]]:
        _environment.wrong(
            f"Sign-in by OIDC needs {', '.join(names)}; {', '.join(missing)} is not set. Set all or none."
        )
    server = given["ONEROOF_OIDC_SERVER"]
    if urlsplit(server).scheme != "https" and urlsplit(server).hostname not in ("127.0.0.1", "localhost"):
        _environment.wrong(f"ONEROOF_OIDC_SERVER is {server!r}, but sign-in goes over https. Write https://...")
    strength = text("ONEROOF_OIDC_STRENGTH", "")
    app = {
        # The server's address is in the name under which accounts are kept: a subject counts with its issuer alone.
        "provider_id": f"oidc-{hashlib.sha256(server.encode()).hexdigest()[:12]}",
        "name": called,
        "client_id": given["ONEROOF_OIDC_CLIENT"],
        "secret": given["ONEROOF_OIDC_SECRET"],
        # The subject comes from the signed ID token, not from a second, unsigned answer.
        "settings": {
            "server_url": server,
            "oauth_pkce_enabled": True,
            "fetch_userinfo": False,
            "auth_params": {"acr_values": strength} if strength else {},
        },
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS = outside_sign_in()
OIDC_SERVER = text("ONEROOF_OIDC_SERVER", "")
# How strongly the sign-in server must have checked (`acr` of its answer); it is asked for it.
OIDC_STRENGTH = text("ONEROOF_OIDC_STRENGTH", "")

# E-mail is optional: without a server for it, administrators hand out one-time links.
EMAIL_HOST = text("ONEROOF_EMAIL_HOST", "")
EMAIL_PORT = whole("ONEROOF_EMAIL_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = text("ONEROOF_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = text("ONEROOF_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("ONEROOF_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("ONEROOF_EMAIL_FROM", "oneroof@localhost")
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Counts of tries are kept in the database, so that every process of the server counts together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "oneroof_kept_count",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# How often somebody may ask in a minute, and take lists away in an hour (access/limits.py); 0 is no limit.
REQUESTS_PER_PERSON = whole("ONEROOF_REQUESTS_PER_PERSON", 1200, least=0, most=1_000_000)
REQUESTS_PER_ADDRESS = whole("ONEROOF_REQUESTS_PER_ADDRESS", 600, least=0, most=1_000_000)
EXPORTS_PER_PERSON = whole("ONEROOF_EXPORTS_PER_PERSON", 60, least=0, most=1_000_000)

# Sessions end with the working day; the end of a secondment ends them at once (access/middleware.py).
SESSION_COOKIE_AGE = 60 * 60 * whole("ONEROOF_SESSION_HOURS", 12, least=1, most=24)
SESSION_IDLE = 60 * whole("ONEROOF_IDLE_MINUTES", 120, least=5, most=1440)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# Browsers take a cookie of this name from this very host alone, over HTTPS, for all its paths.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME, THEME_COOKIE_NAME = f"{COOKIE_PREFIX}language", f"{COOKIE_PREFIX}theme"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
# A program that asks without HTTPS is refused, so that its keeper notices (access/plain_http.py); only people are led.
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_outside = urlsplit(OIDC_SERVER)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        # Sign-in by OIDC leaves by a form that the server answers with a way to the sign-in server.
        "form-action": [SELF, *([f"{_outside.scheme}://{_outside.netloc}"] if _outside.netloc else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Language and time: instants are kept in UTC and shown in the reader's zone.
LANGUAGE_CODE = one_of("ONEROOF_LANGUAGE", "en", ("en", "uk"))
LANGUAGES = [("en", _("English")), ("uk", _("Ukrainian"))]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "oneroof.formats"
USE_I18N = USE_TZ = True
TIME_ZONE = text("ONEROOF_TIME_ZONE", "Europe/Kyiv")
if TIME_ZONE not in available_timezones():
    _environment.wrong(
        f"ONEROOF_TIME_ZONE is {TIME_ZONE!r}, but no zone is called so. Write one like Europe/Kyiv or Europe/Brussels."
    )

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Logs: one JSON object a line on standard error; no names, no addresses of records, no contents (running/logs.py).
LOG_LEVEL = one_of("ONEROOF_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING_CONFIG = "oneroof.running.logs.configure"
LOGGING = {"level": LOG_LEVEL, "whole_traces": DEBUG}
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
METRICS_TOKEN = text("ONEROOF_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    _environment.wrong(
        f"ONEROOF_METRICS_TOKEN has {len(METRICS_TOKEN)} characters, but one that can't be guessed has 20 or more. "
        "Make one: python -c 'import secrets; print(secrets.token_urlsafe())'."
    )

# What `oneroof work` does by itself.
BACKUP_FOLDER = text("ONEROOF_BACKUP_FOLDER", "")
BACKUPS_KEPT = whole("ONEROOF_BACKUPS_KEPT", 14, least=1, most=1000)

DEFAULTS, UNKNOWN = _environment.defaults, _environment.unknown()
if _environment.faults:
    raise ImproperlyConfigured("\n".join(_environment.faults))
