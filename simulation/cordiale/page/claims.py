"""The article's sentences that a lever belongs to, and what the model says of them."""

from __future__ import annotations

import streamlit as st

from cordiale.claims import Claim
from cordiale.page.desk import Desk, Judged
from cordiale.page.texts import literal

MEANS = {
    "supported": "the effect has the sign that the article gives it, clear of zero, in most codings",
    "contradicted": "the effect is clear of zero, and has the other sign",
    "insensitive": "the effect is so small that nobody would notice it",
    "undecided": "the interval, or the sign between codings, leaves it open",
    "not testable here": "no contrast of this model can test it",
    "not recorded": "nobody has recorded a verdict yet",
}
EXPECTED = {"+": "it rises", "-": "it falls", "0": "it stays", "ambivalent": "pulled both ways"}


def show(shared: Desk) -> None:
    """Show the claims of the lever that is being moved."""
    lever = st.session_state["lever"]
    record = shared.pack.case.levers[lever]
    found = shared.claims_of(lever)
    tested = [each for each in found if shared.tests(each.claim, lever)]
    st.subheader(f"{literal(record.label)}: what the article claims", anchor=False)
    if not found:
        st.markdown("No recorded claim of the article is about this lever.")
    for each in tested:
        _claim(each)
    others = [each for each in found if each not in tested]
    if others and not tested:
        st.markdown("No claim is tested with this lever. Those of the same paragraph:")
    for each in others if not tested else []:
        _claim(each)
    if tested and others:
        with st.expander(f"Other claims of the same paragraph ({literal(record.locator)})"):
            for each in others:
                _claim(each)
    st.caption("Verdicts are those recorded with the pack; `cordiale claims` runs them again.")


def _claim(each: Judged) -> None:
    claim = each.claim
    with st.container(border=True):
        st.markdown(
            f"{literal(claim.paraphrase[:1].upper() + claim.paraphrase[1:])} "
            f"({_voice(claim)}, {literal(claim.locator)})."
        )
        st.markdown(f"**{literal(each.verdict.capitalize())}**: {MEANS.get(each.verdict, '')}.")
        if claim.test is not None:
            st.caption(
                f"Cause: {literal(claim.cause)}. Effect: {literal(claim.effect)}. Read from `{claim.test.measure}`, "
                f"where the article expects that {EXPECTED[claim.sign]}: {literal(claim.test.why)}."
            )
        else:
            st.caption(f"Not tested: {literal(claim.not_testable)}.")


def _voice(claim: Claim) -> str:
    return f"{claim.voice} of {literal(claim.holder)}" if claim.holder else f"the article {claim.voice}"
