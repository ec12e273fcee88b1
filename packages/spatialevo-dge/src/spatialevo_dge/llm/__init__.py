# SPDX-License-Identifier: Apache-2.0
"""A language model as the reader of questions, behind the same checks as the grammar.

    from spatialevo_dge.llm import LanguageModelReader

    reader = LanguageModelReader(base_url="http://localhost:8000/v1", model="Qwen2.5-7B-Instruct")
    ruling = judge(question, scene, reader=reader)

The model only fills in what a question names, in a JSON schema made from the tasks' own entity
types; labels are matched with the scene, legality checked and truths measured as always. Where the
grammar reads the question too, and differently, the ruling says so. A server that is down, or that
answers anything but the schema, raises `LanguageModelError`: it never makes a question illegal.

Needs the extra: ``pip install "spatialevo-dge[llm]"``.
"""

from spatialevo_dge.llm.reader import LanguageModelError, LanguageModelReader

__all__ = ["LanguageModelError", "LanguageModelReader"]
