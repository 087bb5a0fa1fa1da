"""How the back office asks for private files."""

from typing import Any

from django.forms import ClearableFileInput

from cms.catalog import media


class PrivateFileInput(ClearableFileInput):
    """Says that there is a file, without a link: a private one has no address."""

    template_name = "catalog/widgets/private_file.html"

    def is_initial(self, value: Any) -> bool:
        return bool(value) and media.is_stored(value)
