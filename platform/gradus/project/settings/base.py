"""Settings every installation shares. Values come from the environment through typed readers."""

from gradus.project import environment as env
from gradus.project.databases import database
from gradus.project.paths import CHECKOUT, data_dir

DEFAULT_SECRET_KEY = "insecure-demo-key-replace-before-anyone-relies-on-it-0123456789"  # noqa: S105

DEBUG = False
VAR_DIR = env.folder("GRADUS_VAR", CHECKOUT / "var", "the folder for everything this machine keeps.")
SECRET_KEY = env.text("GRADUS_SECRET_KEY", DEFAULT_SECRET_KEY, "the key that signs sessions and links.")
ALLOWED_HOSTS = env.names("GRADUS_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "the host names served.")
BASE_URL = env.text("GRADUS_URL", "http://127.0.0.1:8000", "the address of this site in mails and feeds.")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SITE_NAME = "Gradus"

INSTALLED_APPS = [
    "gradus.project",
    "gradus.core",
    "gradus.accounts",
    "gradus.policy",
    "gradus.flow",
    "gradus.notify",
    "workflows.learning",
    "workflows.requests",
    "cms.site",
    "cms.catalog",
    "analytics",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    }
]

DATABASES = {
    "default": database(
        env.text(
            "DATABASE_URL",
            f"sqlite:///{VAR_DIR / 'gradus.sqlite3'}",
            "the database: SQLite or PostgreSQL.",
        )
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", "", "Redis for live updates and the cache between machines; optional.")

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

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = env.text("GRADUS_TIME_ZONE", "UTC", "the time zone shown to people who have not chosen one.")
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

RULES_DIR = data_dir("rules")
FIXTURES_DIR = data_dir("fixtures")

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

Q_CLUSTER = {
    "name": "gradus",
    "orm": "default",
    "workers": env.number("GRADUS_WORKERS", 2, "the number of task processes a worker starts."),
    "timeout": 120,
    "retry": 180,
    "max_attempts": 4,
    "save_limit": 1000,
    "poll": 0.2,
    "catch_up": False,
    "label": "Tasks",
}
