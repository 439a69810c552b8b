"""Has ministack's scheduler live faster than all the rest of it.

Python loads a module of this name at its start, from a folder that PYTHONPATH names.
"""

import importlib.abc
import importlib.util
import os
import sys
import time
import types

SCHEDULER = "ministack.services.scheduler"
PACE = float(os.environ["SCHEDULER_PACE"])
BEGAN = time.time()

# All that it takes of the module `time`: should it come to take more, it fails.
FASTER = types.SimpleNamespace(
    time=lambda: BEGAN + (time.time() - BEGAN) * PACE,
    sleep=lambda seconds: time.sleep(seconds / PACE),
)


class TimeLapse(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        if fullname != SCHEDULER:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            module.time = FASTER

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, TimeLapse())
