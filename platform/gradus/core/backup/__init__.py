"""Everything this installation keeps, in one file: the database, the media and the private files.

The archive is a compressed tar: `database`, `media/...`, `private/...` and, as its last member, `manifest.json` with
the checksum of each. An archive that was cut short has no manifest and is refused.
"""

from gradus.core.backup.making import make
from gradus.core.backup.manifest import Refusal
from gradus.core.backup.restoring import restore

__all__ = ["Refusal", "make", "restore"]
