# SPDX-License-Identifier: Apache-2.0
"""Training: one model in two roles, one update, on TRL's GRPO trainer.

Needs the extra ``train``. Read `layout` (which row does what), `play` (a step without tensors),
`rollout` (sampling), `loss` and `trainer`; `run` assembles them.
"""
