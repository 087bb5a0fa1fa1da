"""Documents editors upload: public, so judged by their content like every other upload."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from wagtail.documents.forms import BaseDocumentForm

from gradus.core.uploads import DOCUMENTS, check_upload


class DocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if isinstance(upload, UploadedFile):  # else it is the one kept already
            check_upload(upload, kinds=DOCUMENTS, max_bytes=settings.DOCUMENT_BYTES)
        return upload
