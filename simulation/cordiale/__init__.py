"""cordiale: a policy article about alliances as a computational model that can be trusted.

import cordiale
study = cordiale.run(["baseline", "france_joins_quad"], worlds=200)
print(study.frame("alignment:FRA-JPN").groupby(["scenario", "quarter"], observed=True)["value"].median())

The public names are those of `__init__.pyi`; each is loaded when it is first used, so that `import cordiale` is quick.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
del lazy_loader
