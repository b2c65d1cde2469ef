# The families whose equations are public: what editors and type checkers read, and what is loaded when first used.

from . import bargaining as bargaining
from . import landscape as landscape
from . import opinion as opinion

__all__: list[str]
