"""Settings every installation shares. Values come from the environment through typed readers."""

from urllib.parse import urlsplit

from gradus.core.logs import logging_settings
from gradus.core.uploads import DOCUMENTS, endings
from gradus.project import environment as env
from gradus.project.databases import MAIL_SCHEMES, cache, database, mail
from gradus.project.paths import CHECKOUT, data_dir
from gradus.project.security import CLOSED_FEATURES, back_office_policy, site_policy

DEFAULT_SECRET_KEY = "insecure-demo-key-replace-before-anyone-relies-on-it-0123456789"  # noqa: S105

DEBUG = False
DEMO = False  # whether the demo's logins are printed and its style guide is open to everybody
VAR_DIR = env.folder("GRADUS_VAR", CHECKOUT / "var", "the folder for everything this machine keeps.")
SECRET_KEY = env.text("GRADUS_SECRET_KEY", DEFAULT_SECRET_KEY, "the key that signs sessions and links.")
BASE_URL = env.url(
    "GRADUS_URL",
    "http://127.0.0.1:8000",
    "the address of this site in mails and feeds.",
    schemes=("http", "https"),
).rstrip("/")
ALLOWED_HOSTS = env.names(
    "GRADUS_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "the host names served, beside that of GRADUS_URL."
)
ALLOWED_HOSTS.append(urlsplit(BASE_URL).hostname or "localhost")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SITE_NAME = "Gradus"

INSTALLED_APPS = [
    "gradus.project",
    "gradus.core",
    "gradus.accounts",
    "gradus.policy",
    "gradus.rulebook",
    "gradus.flow",
    "gradus.notify",
    "gradus.outgoing",
    "workflows.learning",
    "workflows.requests",
    "cms.site",
    "cms.catalog",
    "analytics",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.sitemaps",
    "wagtail.embeds",
    "wagtail.sites",
    "gradus.accounts.wagtail_users.PeopleConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "rules",
    "django_fsm",
    "django_q",
    "django_htmx",
    "heroicons",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "gradus.accounts.emergency.EmergencyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "gradus.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gradus.core.middleware.BrowserFeaturesMiddleware",
    "gradus.core.middleware.ProblemMiddleware",
    "gradus.core.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gradus.accounts.middleware.PersonMiddleware",
    "gradus.accounts.middleware.StaffSecondFactorMiddleware",
    "gradus.accounts.middleware.BackOfficeMiddleware",
    "gradus.rulebook.live.FollowRules",
    "django_htmx.middleware.HtmxMiddleware",
    "cms.site.guests.GuestPages",
    "cms.site.routing.KeptSites",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

FORM_RENDERER = "gradus.core.forms.Renderer"
ROOT_URLCONF = "gradus.project.urls"
ASGI_APPLICATION = "gradus.project.asgi.application"
WSGI_APPLICATION = "gradus.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

DATABASES = {
    "default": database(
        env.url(
            "DATABASE_URL",
            f"sqlite:///{VAR_DIR / 'gradus.sqlite3'}",
            "the database: SQLite or PostgreSQL.",
            schemes=("sqlite", "postgres", "postgresql"),
        )
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.url(
    "REDIS_URL",
    "",
    "Redis for live updates and the cache between machines; optional.",
    schemes=("redis", "rediss", "unix"),
)
CACHES = {"default": cache(REDIS_URL, VAR_DIR / "cache.sqlite3")}

CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "gradus.policy.backend.RulesBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "gradus.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "gradus.accounts.forms.SignupForm"
ACCOUNT_FORMS = {"login": "gradus.accounts.sign_in.SignInForm"}
ACCOUNT_RATE_LIMITS = {"confirm_email": "3/10m/key"}  # once by itself, twice more when asked to
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up; in any other the password is asked for
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.number(
    "GRADUS_PROXIES",
    0,
    "how many proxies of your own stand in front; they must set X-Forwarded-For and -Proto.",
    least=0,
)
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
STAFF_SECOND_FACTOR = env.flag(
    "GRADUS_STAFF_SECOND_FACTOR",
    default=False,
    help="whether staff must set up a second factor before they reach anything.",
)
SECOND_FACTOR_EXEMPT = ("/accounts/", "/static/", "/healthz", "/readyz", "/people/mode/")
BACK_OFFICE_PREFIXES = ("/admin/", "/django-admin/")

PAGES_AT_ONCE = env.number(
    "GRADUS_PAGES_AT_ONCE", 1, "how many pages a process makes at a time; more where the database is far away.", least=1
)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = env.zone("GRADUS_TIME_ZONE", "UTC", "the time zone shown to people who have not chosen one.")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "analytics.finders.PlotlyFinder",
]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
ATTACHMENT_BYTES = (
    1024 * 1024 * env.number("GRADUS_ATTACHMENT_MB", 10, "the size of a file people attach, at most, in MB.", least=1)
)
DOCUMENT_BYTES = (
    1024
    * 1024
    * env.number(
        "GRADUS_DOCUMENT_MB", 50, "the size of a lesson's file or of an editor's document, at most, in MB.", least=1
    )
)
VIDEO_BYTES = (
    1024 * 1024 * env.number("GRADUS_VIDEO_MB", 2048, "the size of a lesson's video, at most, in MB.", least=1)
)
CURRENCY = env.currency("GRADUS_CURRENCY", "EUR", "the currency of amounts people type, as ISO 4217 has it.")

RULES_DIR = data_dir("rules")
FIXTURES_DIR = data_dir("fixtures")

EMBED_HOSTS = env.names(
    "GRADUS_EMBED_HOSTS",
    ["https://www.youtube-nocookie.com", "https://www.youtube.com", "https://player.vimeo.com"],
    "the players that lessons may embed, as origins.",
)
CONTENT_SECURITY_POLICY = site_policy(EMBED_HOSTS)
CONTENT_SECURITY_POLICY_BACK_OFFICE = back_office_policy(EMBED_HOSTS)
PERMISSIONS_POLICY = CLOSED_FEATURES
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gradus.core.errors.csrf_failure"

WEBHOOKS_INSIDE = env.flag(
    "GRADUS_WEBHOOKS_INSIDE",
    default=False,
    help="whether webhooks may go to private and loopback addresses, to the latter without https too; for development.",
)

PAYMENTS_MODE = env.choice(
    "PAYMENTS_MODE", "demo", ["demo", "stripe", "off"], "how people pay: pretended, with Stripe, or not at all."
)

vars().update(
    mail(
        env.url(
            "EMAIL_URL",
            "consolemail://",
            "where mail goes: smtp+tls://user:password@host:587.",
            schemes=MAIL_SCHEMES,
        )
    )
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "GRADUS_MAIL_FROM", "Gradus <gradus@localhost>", "the address mail comes from."
)

LOGGING = logging_settings(
    style=env.choice("GRADUS_LOG_FORMAT", "text", ["text", "json"], "how log lines look."),
    level=env.choice("GRADUS_LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"], "the least level logged."),
)

SITE_SECONDS = 10  # how long other processes go on with what the sites of Wagtail were
GUEST_PAGE_SECONDS = 60  # how long a page that is the same for every guest is kept, unless it is edited
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILDOCS_EXTENSIONS = endings(DOCUMENTS)
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.site.documents.DocumentForm"
# Passwords, addresses and pictures of people are allauth's and ours; nothing asks another host.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES[:1]  # the words around pages are translated, pages are written once
WAGTAILADMIN_LOGIN_URL = "/admin/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_FINISH_WORKFLOW_ACTION = "gradus.rulebook.approved.publish_approved"
RULES_SECOND_PERSON = env.flag(
    "GRADUS_RULES_SECOND_PERSON",
    default=False,
    help="whether another administrator has to publish what one wrote in the rules.",
)
WAGTAILSEARCH_BACKENDS: dict[str, dict[str, str | bool]] = {"default": {"BACKEND": "cms.site.search"}}

Q_CLUSTER = {
    "name": "gradus",
    "orm": "default",
    "workers": env.number("GRADUS_WORKERS", 2, "the number of task processes a worker starts.", least=1),
    "timeout": 120,
    "retry": 180,
    "max_attempts": 4,
    "save_limit": 1000,
    "poll": 0.2,
    "catch_up": False,
    "label": "Tasks",
}
