"""Prove every policy of the gallery and write the answers to `policies/proofs.json`, from which pages are made.

python docs/prove_gallery.py
"""

from __future__ import annotations

import json

from gallery_pages import PROOFS, proofs

if __name__ == "__main__":
    PROOFS.write_text(json.dumps(proofs(), indent=2) + "\n", "utf-8")
