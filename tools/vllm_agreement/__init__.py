# SPDX-License-Identifier: Apache-2.0
"""What vLLM makes of an export, beside transformers, token by token: `nox -s vllm`."""
