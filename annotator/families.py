"""The four families of plug-ins, each with the Protocol that its members fulfil. Importing this imports no member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotator.registry import Family
from annotator.suggesters.api import SuggesterModule

if TYPE_CHECKING:
    from annotator.measures.api import Measure

suggesters: Family[SuggesterModule] = Family("annotator.suggesters", "suggester")
measures: Family[Measure] = Family("annotator.measures", "measure")
formats: Family[Any] = Family("annotator.formats", "format")
merging: Family[Any] = Family("annotator.merging", "merging strategy")

__all__ = ["formats", "measures", "merging", "suggesters"]
