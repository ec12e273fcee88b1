# SPDX-License-Identifier: Apache-2.0
"""The lab's tokenizer: one token a word, one a digit, one a tag.

Everything is read in lower case. A word's token begins with the space before it, so that decoding
is joining. Words come from what the oracle and the prompts can say about the lab's rooms; anything
else is one unknown token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
)
from transformers import PreTrainedTokenizerFast

UNKNOWN: Final = "<|unknown|>"
PAD: Final = "<|endoftext|>"
END: Final = "<|im_end|>"
SPECIAL: Final = (
    PAD, "<|im_start|>", END, "<|vision_start|>", "<|vision_end|>",
    "<|image_pad|>", "<|video_pad|>", UNKNOWN,
)  # fmt: skip
TAGS: Final = (
    "<observation>", "</observation>", "<question>", "</question>", "<answer>", "</answer>",
)  # fmt: skip
_PUNCTUATION: Final = tuple(".,?!:;()'\"/")
_PIECE: Final = r"\u2581?[0-9]|[.,?!:;()\"/]"
_SPACE: Final = "\u2581"

CHAT_TEMPLATE: Final = (
    "{%- for message in messages -%}"
    "<|im_start|>"
    "{%- if message.content is string -%}{{ message.content }}"
    "{%- else -%}"
    "{%- for part in message.content -%}"
    "{%- if part.type == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>"
    "{%- elif 'text' in part -%}{{ part.text }}{%- endif -%}"
    "{%- endfor -%}"
    "{%- endif -%}"
    "<|im_end|>"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|im_start|>{%- endif -%}"
)
"""No roles and no system prompt: a turn begins, images stand where they are put, a turn ends."""


def token_id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    """Return the id of a token.

    Raises:
        ValueError: The vocabulary has no such token.
    """
    found = tokenizer.convert_tokens_to_ids(token)
    if not isinstance(found, int) or (found == tokenizer.unk_token_id and token != UNKNOWN):
        raise ValueError(f"token: the vocabulary has no {token!r}")
    return found


def words_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct word tokens of some texts, sorted.

    Tags and special tokens are left out: they are tokens of their own.
    """
    normal, cut = _normalizer(), _pre_tokenizer()
    tags = re.compile("|".join(re.escape(tag) for tag in (*TAGS, *SPECIAL)))
    found = {
        piece
        for text in texts
        for part in tags.split(text)
        if part.strip()
        for piece, _ in cut.pre_tokenize_str(normal.normalize_str(" ".join(part.split())))
    }
    return tuple(sorted(found))


def build_tokenizer(words: Iterable[str]) -> PreTrainedTokenizerFast:
    """Build the tokenizer of a vocabulary; digits and punctuation are always in it.

    Args:
        words: Word tokens as `words_of` returns them.
    """
    digits = [f"{space}{digit}" for digit in range(10) for space in ("", _SPACE)]
    rest = sorted({*words, *digits, *_PUNCTUATION} - {*TAGS, *SPECIAL})
    vocabulary = {token: place for place, token in enumerate((*SPECIAL, *TAGS, *rest))}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    core.normalizer = _normalizer()
    core.pre_tokenizer = _pre_tokenizer()
    core.decoder = decoders.Sequence([decoders.Replace(_SPACE, " "), decoders.Fuse()])
    core.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in SPECIAL]
    )
    # White space before a tag belongs to it: a tag's text is the same with and without it.
    core.add_tokens([AddedToken(tag, lstrip=True, normalized=False) for tag in TAGS])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token=UNKNOWN,
        pad_token=PAD,
        eos_token=END,
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
    )


def _normalizer() -> normalizers.Normalizer:
    """Lower case; no blank before a mark, so that "chair ." and "chair." are the same tokens."""
    before_mark = normalizers.Replace(Regex(r"\s+(?=[.,?!:;)])"), "")
    return normalizers.Sequence([normalizers.Lowercase(), before_mark])


def _pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always"),
            pre_tokenizers.Split(Regex(_PIECE), behavior="isolated"),
        ]
    )
