from django.apps import AppConfig

from gradus.core import navigation


class LibraryConfig(AppConfig):
    name = "tests.platform.flow.library"
    label = "library"

    def ready(self) -> None:
        entry = navigation.Entry("Loans", "/steps/library.loan/", order=40, shown=navigation.signed_in)
        navigation.register("main", "loans", entry)
