"""Nothing runs in the background of a test that does not ask for it."""

from __future__ import annotations

import os

os.environ["ANNOTATOR_BACKGROUND"] = "off"
