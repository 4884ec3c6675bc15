"""What the numbers mean: metrics, analyses, how they are asked for, recoveries. Pure functions over frames.

Every module of this folder is imported here, so that what it declares is known. Keep heavy imports
(SciPy, statsmodels, scikit-learn, numba …) inside the functions that need them.
"""

import importlib
import pkgutil

from metrics.analysis import ANALYSES, Analysis
from metrics.metric import REGISTRY, Metric
from metrics.recovery import RECOVERIES, Recovery


def _collect(registry: dict, declared: object, name: str) -> None:
    if registry.setdefault(name, declared) is not declared:
        raise TypeError(f"Two {type(declared).__name__.lower()} declarations are called {name}.")


for _found in pkgutil.iter_modules(__path__):
    for _declared in list(vars(importlib.import_module(f"metrics.{_found.name}")).values()):
        if isinstance(_declared, Metric):
            _collect(REGISTRY, _declared, _declared.name)
        elif isinstance(_declared, Analysis):
            _collect(ANALYSES, _declared, _declared.name)
        elif isinstance(_declared, Recovery):
            _collect(RECOVERIES, _declared, _declared.name)
