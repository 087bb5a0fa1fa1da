from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The composition root: commands, and what apps of one layer tell each other; it has no models."""

    name = "gradus.project"
    label = "project"

    def ready(self) -> None:
        from gradus.notify import health
        from gradus.rulebook.crossing import lost

        health.add(health.Part("rulebook/crossing/health.html", lost.lost, lost.count))
