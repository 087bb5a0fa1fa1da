"""Webhooks: what happened, sent to other services, signed, tried again, and kept in a log."""
