from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Only here so that the composition root may have commands; it has no models."""

    name = "gradus.project"
    label = "project"
