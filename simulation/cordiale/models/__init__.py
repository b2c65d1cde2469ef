"""Families of models, whose equations serve any actors: `cordiale.models.opinion.friedkin_johnsen(weights, start)`.

`landscape` has sides, `opinion` influence, `bargaining` settlements; each file is loaded when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
del lazy_loader
