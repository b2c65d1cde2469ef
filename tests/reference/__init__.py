"""The model once more, in plain scalar Python: the independent check on the array model.

It follows section 7 of docs/ODD.md rule by rule, one object a state and one world at a time, and shares no
code with `cordiale.states` or `cordiale.model`. Read `model.py` first (a quarter of the world), then
`state.py` (what a state does), then `terms.py` (what an initiative is worth to it).
"""
