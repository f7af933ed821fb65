"""Overlays: what a country or an organisation changes in a procedure, applied to its nodes before names are resolved.

Everything after it (checks, compiling, reading aloud, the engine) knows one thing only, a `Definition`. Every node
keeps the file and line that it came from, so each element of the result stands where it was written.
"""

from __future__ import annotations

from inprocap_flow.language.overlays.applied import Layer, layers_of, load_applied, resolve_applied
from inprocap_flow.language.overlays.document import Overlay, load_overlay

__all__ = ["Layer", "Overlay", "layers_of", "load_applied", "load_overlay", "resolve_applied"]
