"""The four families of plug-ins, each with the Protocol that its members fulfil. Importing this imports no member."""

from __future__ import annotations

from typing import Any

from annotator.registry import Family
from annotator.suggesters.api import SuggesterModule

suggesters: Family[SuggesterModule] = Family("annotator.suggesters", "suggester")
measures: Family[Any] = Family("annotator.measures", "measure")
formats: Family[Any] = Family("annotator.formats", "format")
merging: Family[Any] = Family("annotator.merging", "merging strategy")

__all__ = ["formats", "measures", "merging", "suggesters"]
