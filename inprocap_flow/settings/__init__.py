"""Settings: the environment and one settings file, read into one typed record that never changes.

The environment wins over the file, the file over the default. All bad values are reported at once, each with
its name, what it says and the mend. Only the standard library is imported: this is on the start-up path.
"""

from __future__ import annotations

from inprocap_flow.settings.loading import FILE_NAME, FILE_VARIABLE, load
from inprocap_flow.settings.record import PREFIX, Description, Settings, describe

__all__ = ["FILE_NAME", "FILE_VARIABLE", "PREFIX", "Description", "Settings", "describe", "load"]
