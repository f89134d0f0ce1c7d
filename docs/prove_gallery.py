"""Prove every policy of the gallery and keep what came of it in `policies/proofs.json`, where the pages read it.

python docs/prove_gallery.py
"""

from __future__ import annotations

import json

from gallery_pages import PROOFS, proofs

if __name__ == "__main__":
    PROOFS.write_text(json.dumps(proofs(), indent=2) + "\n", "utf-8")
