# SPDX-License-Identifier: Apache-2.0
"""One model, two roles, one update: a small subclass of TRL's GRPOTrainer.

A step is played in two generations with the same weights, first the questioners' rows, then the
solvers'; then the rows of both roles go into one update. What the roles are shown and what they
earn is `play`'s business, sampling `rollout`'s, the loss `loss`'s: here they meet TRL.

What is overridden is private in TRL: a contract test pins the signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from accelerate.utils import gather_object, set_seed
from torch import Tensor
from trl import GRPOTrainer
from trl.models import unwrap_model_for_generation
from trl.models.utils import disable_gradient_checkpointing

from spatialevo_rl.draws import dice
from spatialevo_rl.records import Role
from spatialevo_rl.settings import LayoutSettings
from spatialevo_rl.train import compatibility, loss, rollout
from spatialevo_rl.train.adapters import adapters_folded, adapters_off
from spatialevo_rl.train.batch import Row, collate, micro_batches, placeholder, rows_that_train
from spatialevo_rl.train.checkpoint import Checkpoints
from spatialevo_rl.train.compatibility import bare_model
from spatialevo_rl.train.encode import Encoder
from spatialevo_rl.train.gates import columns, one_reward, questioner_reward, solver_reward
from spatialevo_rl.train.layout import StepSampler, local_slots, make_layout, slot_table
from spatialevo_rl.train.packed import pack, packed_logps
from spatialevo_rl.train.play import Completion, Outcome, Play, Prompt, Stage, records_of
from spatialevo_rl.train.step_log import StepLog
from spatialevo_rl.train.turns import Turns, take_turns
from spatialevo_rl.train.vision import share_vision


class SelfEvolutionTrainer(GRPOTrainer):  # type: ignore[misc]
    """Trains questioner and solver jointly on a `Stage`.

    Args:
        stage: Scenes, oracle and curriculum of this process.
        layout: Scenes and solver groups a step, and how the roles share the loss.
        step_log: Takes each step's records, numbers and times.
        checkpoints: Seals what `Trainer` saves; None saves nothing.
        options: What GRPOTrainer takes: model, args, processing_class, peft_config, callbacks.
    """

    def __init__(
        self,
        stage: Stage,
        layout: LayoutSettings,
        step_log: StepLog,
        checkpoints: Checkpoints | None,
        **options: Any,
    ) -> None:
        args = options["args"]
        compatibility.refuse_unsupported(args)
        self.stage, self.role_settings, self.checkpoints = stage, layout, checkpoints
        self.layout = make_layout(
            layout,
            args.num_generations,
            args.world_size,
            args.per_device_train_batch_size,
            args.gradient_accumulation_steps,
        )
        super().__init__(
            reward_funcs=[questioner_reward, solver_reward],
            train_dataset=slot_table(self.layout),
            **options,
        )
        compatibility.quiet_void_rows()
        compatibility.check_adapters(self.model, args)
        self.step_log = step_log
        self.encoder = Encoder(self.processing_class)
        self.vision = share_vision(bare_model(self.model), compatibility.zero_stage(args))
        self.sampling = rollout.Sampling.of(args, self._tokenizer, self.eos_token_ids)
        self.loss_options = loss.LossOptions.of(args)
        self._engine_checked = not self.use_vllm
        self._rank: int = self.accelerator.process_index
        self._world: int = self.accelerator.num_processes

    # The step: two generations, then rows for one update.

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> list[list[Row]]:
        """Play a step on this process's rows of the slot table; return its micro-batches."""
        step = self.state.global_step
        self.step_log.begin(step)
        set_seed(int(dice(self.args.seed, step, "torch", self._rank).integers(2**31)))
        self.encoder.begin_step()
        self.vision.begin_step()
        slots = local_slots(inputs, self.layout)
        with self.step_log.clock("oracle"):
            play = self.stage.play(step, slots)
        turns = take_turns(play, self._roll, self._read, self.step_log, self._world > 1)
        outcomes = play.outcomes()
        advantages = self._advantages(outcomes)
        self._conclude(play, advantages, turns)
        return self._share(turns, outcomes, advantages)

    def _roll(self, prompts: Sequence[Prompt], role: Role) -> list[list[Row]]:
        """Sample a group of completions for each prompt."""
        size = self.num_generations
        with self.step_log.clock("generation"):
            encoded = self.encoder.encode(prompts)
            rows = [one for one in encoded for _ in range(size)]
            completions, logps = self._generate_single_turn(
                [list(one.ids) for one in rows],
                [list(one.images) for one in rows],
                {"groups": encoded, "purpose": f"sample-{role.value}"},
                size,
            )
        sampled: Sequence[Any] = logps or [None] * len(rows)
        made = [
            Row(role=role, prompt=one, completion=ids, sampled=theirs)
            for one, ids, theirs in zip(rows, completions, sampled, strict=True)
        ]
        return [made[start : start + size] for start in range(0, len(made), size)]

    def _generate_single_turn(
        self,
        prompt_ids: list[list[int]],
        images: list[Any],
        multimodal_fields: dict[str, Any],
        num_generations: int,
        has_tool_images: bool = False,
    ) -> tuple[list[list[int]], list[list[float]] | None]:
        """Sample with vLLM where it is used, else with one prefill a group."""
        del has_tool_images  # there are no tools
        if self.use_vllm:
            if self.vllm_mode == "colocate":
                prompt_ids = [
                    rollout.collapse_image_runs(i, self._image_pad_token_id) for i in prompt_ids
                ]
            made: tuple[list[list[int]], list[list[float]] | None] = super()._generate_single_turn(
                prompt_ids, images, {}, num_generations
            )
            if not self._engine_checked:
                rollout.check_engine(self.vllm_generation, multimodal_fields["groups"], prompt_ids)
                self._engine_checked = True
            return made
        encoded, device = multimodal_fields["groups"], self.accelerator.device
        draw = dice(
            self.args.seed, self.state.global_step, multimodal_fields["purpose"], self._rank
        )
        inputs = rollout.prefill_inputs(encoded, self.sampling.pad)
        with (
            unwrap_model_for_generation(
                self.model_wrapped,
                self.accelerator,
                gather_deepspeed3_params=self.args.ds3_gather_for_generation,
                gradient_checkpointing_kwargs=self.args.gradient_checkpointing_kwargs,
            ) as model,
            self.vision.showing([key for one in encoded for key in one.keys]),
            adapters_folded(model, allowed=compatibility.zero_stage(self.args) < 3),
        ):
            inputs = {name: value.to(device) for name, value in inputs.items()}
            bare = bare_model(model)
            return rollout.sample_groups(bare, inputs, num_generations, self.sampling, draw), None

    def _read(self, row: Row) -> Completion:
        """Return what a row wrote, special tokens shown: none belongs inside a completion."""
        ended = row.completion[-1] in self.eos_token_ids
        ids = row.completion[:-1] if ended else row.completion
        return Completion(text=self._tokenizer.decode(ids), truncated=not ended)

    def _advantages(self, outcomes: Sequence[Outcome]) -> list[float]:
        """Return the advantage of every local row, 0 in a flat group; TRL gathers and logs."""
        table, size = columns(outcomes), len(outcomes)
        blank = [""] * size
        rewards = self._calculate_rewards(table, blank, blank, blank)
        metrics = self._metrics["train"]
        for column, name in enumerate(self.reward_func_names):
            metrics[f"rewards/{name}/mean"].append(rewards[:, column].nanmean().item())
        flat_std = self.role_settings.flat_group_std
        advantages, flat = loss.group_advantages(
            one_reward(rewards), self.num_generations, flat_std
        )
        metrics["frac_reward_zero_std"].append(flat.float().mean().item())
        mine: list[float] = advantages[self._rank * size : (self._rank + 1) * size].tolist()
        return mine

    def _conclude(self, play: Play, advantages: Sequence[float], turns: Turns) -> None:
        """Teach curriculum and memory on every process; hand the records to the log."""
        local = play.results()
        everything = gather_object(local)
        self.stage.finish(everything)
        self.step_log.take_results(everything)
        self.step_log.take_rows(gather_object(records_of(local, advantages)))
        self.step_log.take_lengths(gather_object(turns.lengths))

    def _share(
        self, turns: Turns, outcomes: Sequence[Outcome], advantages: Sequence[float]
    ) -> list[list[Row]]:
        """Weigh the rows that count, over all processes; cut them into micro-batches."""
        rows = rows_that_train(turns.rows, outcomes, advantages, self.stage.settings.episode)
        local = loss.RoleCounts.local([r.role for r in rows], [len(r.completion) for r in rows])
        local = local.float().to(self.accelerator.device)
        counts = loss.RoleCounts.of(self.accelerator.reduce(local, "sum"))
        for row in rows:
            row.weight = loss.row_weight(row.role, len(row.completion), counts, self.role_settings)
        if not rows:  # nothing to learn from: a pass that changes nothing
            rows = [placeholder(row) for row in turns.rows if row is not None][:1]
        return micro_batches(rows, self.layout.micro_batches, self.layout.micro_batch)

    # The update: TRL's log-probabilities, our weights.

    def _prepare_inputs(self, generation_batch: Any) -> dict[str, Any]:
        """Return the next micro-batch; play a step where the last one is used up."""
        if not self.model.training:
            raise RuntimeError("evaluate with spatialevo_rl.train.evaluate, not Trainer.evaluate")
        place = self._step % self.layout.micro_batches
        if place == 0:
            self._buffered_inputs = self._generate_and_score_completions(generation_batch)
        with self.step_log.clock("reference"):
            return self._tensors(self._buffered_inputs[place])

    def _tensors(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Collate a micro-batch and add what does not need a gradient."""
        known = self.vision.knows(key for row in rows for key in row.prompt.keys)
        device, pad = self.accelerator.device, self._tokenizer.pad_token_id
        batch = collate(rows, pad, features=known or self.args.share_prompts)
        batch = {k: v.to(device) if isinstance(v, Tensor) else v for k, v in batch.items()}
        if self.args.share_prompts:
            body = bare_model(self.model).model
            batch["packed"] = pack(rows, body, pad, features=known).to(device)
        kwargs = self.args.gradient_checkpointing_kwargs
        with torch.no_grad(), disable_gradient_checkpointing(self.model, kwargs):
            if self.use_vllm and self.vllm_importance_sampling_correction:
                batch["old_logps"], _ = self._logps(self.model, batch)
                batch["correction"] = rollout.engine_correction(batch, self.args)
            if self.beta and self.ref_model is not None:
                batch["ref_logps"], _ = self._logps(self.ref_model, batch)
            elif self.beta:
                with adapters_off(self.model):
                    batch["ref_logps"], _ = self._logps(self.model, batch)
        return batch

    def _logps(self, model: Any, batch: dict[str, Any], entropy: bool = False) -> Any:
        """Return TRL's log-probabilities (and entropies) of a micro-batch's completions."""
        if "packed" in batch:
            with self.vision.showing(batch["packed"].keys):
                return packed_logps(model, batch["packed"], self.accelerator.autocast())
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
        mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
        with self.vision.showing(batch["image_keys"]):
            logps, entropies, _ = self._get_per_token_logps_and_entropies(
                model,
                ids,
                mask,
                batch["completion_ids"].size(1),
                compute_entropy=entropy,
                pixel_values=batch["pixel_values"],
                image_grid_thw=batch["image_grid_thw"],
                num_images=batch["num_images"],
                mm_token_type_ids=batch.get("mm_token_type_ids"),
            )
        return logps, entropies

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Tensor:
        """Return this micro-batch's part of the joint loss, times the number of processes.

        Distributed back ends average gradients over processes; the weights are global already.
        """
        logps, entropies = self._logps(model, inputs, entropy=True)
        mask = inputs["completion_mask"]
        tensors = loss.TokenTensors(
            logps=logps,
            mask=mask,
            advantages=inputs["advantages"],
            old_logps=inputs.get("old_logps"),
            ref_logps=inputs.get("ref_logps"),
            correction=inputs.get("correction"),
        )
        terms = loss.token_loss(tensors, self.loss_options)
        total = loss.joint_loss(terms.loss, mask, inputs["weights"])
        self.step_log.take_tokens(total, terms, entropies, mask)
        return total * self._world

    # What surrounds it.

    def _get_train_sampler(self, dataset: Any = None) -> StepSampler:
        """Deal the slot table in order, the same every step."""
        table = self.train_dataset if dataset is None else dataset
        return StepSampler(table, self.args.max_steps, self.layout.micro_batches)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save as `Trainer` does, then seal: an unsealed checkpoint is never resumed from."""
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.checkpoints is not None and self.args.should_save:
            self.checkpoints.seal(self.state.global_step, self.stage.state())
        self.accelerator.wait_for_everyone()

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Write none beside a checkpoint: `spatialevo-rl export` writes one from the run."""
