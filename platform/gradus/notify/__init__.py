"""Notifications, e-mail, preferences, live updates."""
