"""Find the hook files that the operator allows, read them before they run, and offer their hooks to the engine."""

from __future__ import annotations

from inprocap_flow.plugins.hookset import HookSet, LoadedHook, Signature
from inprocap_flow.plugins.loading import allowed_folders, hook_files, load_hooks

__all__ = ["HookSet", "LoadedHook", "Signature", "allowed_folders", "hook_files", "load_hooks"]
