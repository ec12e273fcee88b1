# SPDX-License-Identifier: Apache-2.0
"""Let vLLM reply to the same prompts from the same folder, and compare.

    python -m vllm_agreement.served FOLDER

Fails where a prompt has another number of tokens, where fewer than 95 % of the greedy replies are
the same, or where one differs at a token that was no tie. Fails as well where grey images get the
same replies: then nothing was compared that depends on what is shown.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any, Final

from PIL import Image
from vllm import LLM, SamplingParams

from vllm_agreement.comparison import report
from vllm_agreement.records import LENGTH, Replies, Reply, read

CONTEXT: Final = 2048
GREY: Final = (127, 127, 127)


def serve(replies: Replies) -> tuple[list[Reply], list[Reply]]:
    """Let vLLM reply to all prompts in one call; it expands the placeholders on its own.

    Returns:
        Its replies, and those to the same prompts with grey images.
    """
    engine = LLM(
        model=replies.model,
        dtype="float32",
        enforce_eager=True,
        max_model_len=CONTEXT,
        limit_mm_per_prompt={"image": max(len(case.images) for case in replies.cases), "video": 0},
    )
    images = [Image.open(io.BytesIO(image)).convert("RGB") for image in replies.images]
    grey = [Image.new("RGB", image.size, GREY) for image in images]
    prompts = [
        {"prompt": case.text, "multi_modal_data": {"image": [shown[at] for at in case.images]}}
        for shown in (images, grey)
        for case in replies.cases
    ]
    sampling = SamplingParams(temperature=0.0, max_tokens=LENGTH, logprobs=2)
    made = [_reply(output) for output in engine.generate(prompts, sampling)]
    return made[: len(replies.cases)], made[len(replies.cases) :]


def _reply(output: Any) -> Reply:
    (made,) = output.outputs
    best = [sorted((each.logprob for each in at.values()), reverse=True) for at in made.logprobs]
    return Reply(
        length=len(output.prompt_token_ids),
        tokens=tuple(made.token_ids),
        logprobs=tuple(values[0] for values in best),
        gaps=tuple(values[0] - values[1] for values in best),
    )


def main() -> int:
    """Read the command line, serve and compare."""
    parser = argparse.ArgumentParser(description="Compare vLLM's replies with transformers'.")
    parser.add_argument("folder", type=Path, help="where `reference` wrote")
    replies = read(parser.parse_args().folder.resolve())
    return 0 if report(replies.cases, *serve(replies)) else 1


if __name__ == "__main__":
    sys.exit(main())
