# SPDX-License-Identifier: Apache-2.0
"""Reading a question with a language model over an OpenAI-compatible server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
from pydantic import BaseModel, ValidationError

from spatialevo_dge.llm.schema import NO_TASK, entities_of, prompt, reply_model
from spatialevo_dge.parsing import GRAMMAR, Parse, Reading
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask

MAX_QUOTED: Final = 300
"""Characters of a server's own error message that are passed on."""


class LanguageModelError(RuntimeError):
    """The language model's server is down, refuses, or answers outside the schema."""


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModelReader:
    """Reads questions with a language model; call it as `judge`'s reader.

    Attributes:
        base_url: The server's API root, such as ``http://localhost:8000/v1`` (vLLM's default).
        model: Name of the served model.
        api_key_variable: Environment variable that holds the key; the key itself is never stored.
        timeout: Seconds to wait for one reply.
        compare: Whether to read with the grammar too and note a difference in the ruling.
    """

    base_url: str
    model: str
    api_key_variable: str = "OPENAI_API_KEY"
    timeout: float = 60.0
    compare: bool = True

    def __call__(self, text: str, scene: Scene, tasks: Sequence[SpatialTask[Any]]) -> Parse:
        """Read a question.

        Raises:
            LanguageModelError: No usable reply came.
        """
        parse = self._parse(self._ask(text, scene, tuple(tasks)), scene, tuple(tasks))
        if not self.compare:
            return parse
        grammar = GRAMMAR(text, scene, tasks)
        if not parse.readings or grammar.readings == parse.readings:
            return parse
        return replace(parse, notes=(*parse.notes, _difference(grammar, parse)))

    def _ask(self, text: str, scene: Scene, tasks: tuple[SpatialTask[Any], ...]) -> str:
        schema = reply_model(tasks).model_json_schema()
        body = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": prompt(tasks, scene.labels)},
                {"role": "user", "content": text},
            ],
            "temperature": 0,
            "max_tokens": 512,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "question", "strict": True, "schema": schema},
            },
        }
        key = os.environ.get(self.api_key_variable)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        try:
            reply = httpx.post(url, json=body, headers=headers, timeout=self.timeout)
            if reply.is_error:
                raise LanguageModelError(f"{url}: {reply.status_code}: {reply.text[:MAX_QUOTED]}")
            completion = _Completion.model_validate_json(reply.content)
        except httpx.HTTPError as error:
            raise LanguageModelError(f"{url}: {type(error).__name__}: {error}") from error
        except ValidationError as error:
            raise LanguageModelError(f"{url}: not a chat completion: {_first(error)}") from error
        if not completion.choices:
            raise LanguageModelError(f"{url}: the completion has no choices")
        choice = completion.choices[0]
        if choice.finish_reason == "length":
            raise LanguageModelError(f"{url}: the reply was cut off at 512 tokens")
        return choice.message.content

    def _parse(self, content: str, scene: Scene, tasks: tuple[SpatialTask[Any], ...]) -> Parse:
        try:
            reply = reply_model(tasks).model_validate_json(content).root
        except ValidationError as error:
            raise LanguageModelError(
                f"{self.model}: the reply does not fit the schema: {_first(error)}"
            ) from error
        if reply.task == NO_TASK:
            return Parse(readings=(), why=f"the language model finds no task: {reply.why}")
        task = next(task for task in tasks if task.id == reply.task)
        entities = entities_of(reply, task, lambda phrase: find_noun(phrase, scene))
        return Parse(readings=(Reading(task_id=task.id, entities=entities),), why="")


def _difference(grammar: Parse, model: Parse) -> str:
    read = model.readings[0]
    said = f"the language model reads {read.task_id} {read.entities}"
    if not grammar.readings:
        return f"the grammar does not read the text ({grammar.why}); {said}"
    known = " or ".join(f"{reading.task_id} {reading.entities}" for reading in grammar.readings)
    return f"the grammar reads {known}; {said}"


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}"
