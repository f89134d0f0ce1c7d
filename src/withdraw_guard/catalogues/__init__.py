"""The shipped texts, one module for each language: pure data, read by nobody but the catalogue, which checks it."""

from __future__ import annotations

from withdraw_guard.catalogues import de, en, es, ja, ko, nb, pt_br, ru, tr, zh_hans

__all__ = ["de", "en", "es", "ja", "ko", "nb", "pt_br", "ru", "tr", "zh_hans"]
