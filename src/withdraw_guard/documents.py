"""The well-known documents that an appeal may require. Any other name `[a-z][a-z0-9_]*` is one as well."""

from __future__ import annotations

from typing import Final

from withdraw_guard._values.ids import Document

ID_PHOTO: Final = Document("id_photo")
SUPPORTING_DOCUMENTS: Final = Document("supporting_documents")
