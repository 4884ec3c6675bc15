"""What the numbers mean: metrics, analyses and how they are asked for. Pure functions over frames.

Every module of this folder is imported here, so that what it declares is known. Keep heavy imports
(SciPy, statsmodels, scikit-learn, numba …) inside the functions that need them.
"""

import importlib
import pkgutil

from metrics.metric import REGISTRY, Metric

for _found in pkgutil.iter_modules(__path__):
    for _declared in vars(importlib.import_module(f"metrics.{_found.name}")).values():
        if isinstance(_declared, Metric) and REGISTRY.setdefault(_declared.name, _declared) is not _declared:
            raise TypeError(f"Two metrics are called {_declared.name}; the second is in {_found.name}.py.")
