"""Log lines: readable in a terminal, one JSON object each on a server, always with the correlation id."""

import logging
from typing import Any

from gradus.core import correlation


class CorrelationFilter(logging.Filter):
    """Adds the id of the work going on; "-" outside of any."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "correlation"):
            record.correlation = correlation.current() or "-"
        return True


def without_traceback(record: logging.LogRecord) -> bool:
    """A refusal is no fault: only an error's line tells where it came from."""
    if record.levelno < logging.ERROR:
        record.exc_info = None
    return True


def logging_settings(style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for style "json" or "text"."""
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "correlation": {"()": "gradus.core.logs.CorrelationFilter"},
            "refusals": {"()": lambda: without_traceback},
        },
        "formatters": {
            "text": {"format": "{asctime} {levelname:<7} {name} [{correlation:.8}] {message}", "style": "{"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{levelname}{name}{correlation}{message}",
                "style": "{",
                "timestamp": "time",
                "rename_fields": {"levelname": "level", "name": "logger"},
            },
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": style, "filters": ["correlation"]}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            # Each of these brings handlers of its own, which know no correlation id.
            "django": {"handlers": [], "propagate": True},
            "django.request": {"filters": ["refusals"]},
            "django.server": {"handlers": [], "propagate": True, **quiet},
            "uvicorn": {"handlers": [], "propagate": True},
            "uvicorn.access": {"handlers": [], "propagate": True, **quiet},
            "httpx": quiet,
        },
    }
