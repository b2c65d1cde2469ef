"""Why a dyad changed (being rewritten)."""


class Causes:
    pass
