from django.apps import AppConfig


class MillConfig(AppConfig):
    name = "tests.platform.flow.mill"
    label = "mill"
