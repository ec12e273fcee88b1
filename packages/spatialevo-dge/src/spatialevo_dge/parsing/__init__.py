# SPDX-License-Identifier: Apache-2.0
"""Text to entities: deterministic, total and pure.

    text --words--> phrases --LALR(1)--> slots --shapes--> entities --route--> one reading

Pass 1 (`tokens`, `phrases`) turns words into typed tokens: labels of the scene, images, cameras and
what is asked. Pass 2 (`grammar`) parses those tokens by each task's own rules. A word that no list
has may be the name of an unknown object and nothing else; no word is ever dropped.
"""

from __future__ import annotations

from typing import Final

from spatialevo_dge.parsing.parse import Parse, Reader, Reading
from spatialevo_dge.parsing.reading import read

GRAMMAR: Final[Reader] = read
"""The reader that judging uses unless it is given another."""

__all__ = ["GRAMMAR", "Parse", "Reader", "Reading", "read"]
