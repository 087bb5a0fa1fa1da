"""The JSON API of every workflow: state, offers and why not, transitions, history."""

from gradus.flow.api.build import build_api

__all__ = ["build_api"]
