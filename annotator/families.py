"""The four families of plug-ins, each with the Protocol that its members implement. Importing this
module imports no member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.plugins import Family

if TYPE_CHECKING:
    from annotator.formats.api import Format
    from annotator.measures.api import Measure
    from annotator.merging.api import Strategy
    from annotator.suggesters.api import SuggesterModule

suggesters: Family[SuggesterModule] = Family("annotator.suggesters", "suggester")
measures: Family[Measure] = Family("annotator.measures", "measure")
formats: Family[Format] = Family("annotator.formats", "format")
merging: Family[Strategy] = Family("annotator.merging", "merging strategy")

__all__ = ["formats", "measures", "merging", "suggesters"]
