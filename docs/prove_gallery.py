"""Prove every policy of the gallery and write the answers to `policies/proofs.json`, from which pages are made.

python docs/prove_gallery.py
"""

from __future__ import annotations

import json

from gallery_pages import PROOFS, proofs
from tree import tree_about

if __name__ == "__main__":
    PROOFS.write_text(json.dumps({"tree": tree_about(PROOFS), "policies": proofs()}, indent=2) + "\n", "utf-8")
