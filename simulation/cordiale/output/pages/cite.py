"""A methods paragraph for a paper, and what to cite, from what a study's manifest says."""

from __future__ import annotations

from textwrap import fill

from cordiale.study.labels import plain, short_citation
from cordiale.study.study import Study

WIDTH = 100
MATCHED = (
    "World n has the same draws and the same luck in every scenario, so that differences between scenarios are taken "
    "world by world.",
    "Effects are means of these differences with Student's 95 % intervals; shares of worlds have exact intervals "
    "(Clopper and Pearson 1934), and where several effects are looked at together, intervals that hold for all of them "
    "at once (single-step max-t bootstrap, Romano and Wolf 2005).",
)
ESTIMATORS = (
    "Student. 1908. The probable error of a mean. Biometrika 6(1): 1-25.",
    "Clopper, C. J., and E. S. Pearson. 1934. The use of confidence or fiducial limits illustrated in the case of the "
    "binomial. Biometrika 26(4): 404-413.",
    "Romano, Joseph P., and Michael Wolf. 2005. Exact and approximate stepdown methods for multiple hypothesis "
    "testing. Journal of the American Statistical Association 100(469): 94-108.",
)
SOFTWARE = "The cordiale authors. cordiale: policy articles about alliances as computational models. Version {version}."


def methods(study: Study) -> str:
    """Return a methods paragraph, and under it what to cite; every figure is one of the study's manifest."""
    about = study.manifest
    cited = [SOFTWARE.format(version=about["versions"]["cordiale"]), f"{plain(about['article'])}."]
    cited += ESTIMATORS if len(study.scenarios) > 1 else ()
    listed = [fill(each, WIDTH, initial_indent="- ", subsequent_indent="  ") for each in cited]
    return "\n".join([fill(" ".join(_sentences(study)), WIDTH), "", "Cite:", *listed, ""])


def _sentences(study: Study) -> list[str]:
    about, versions = study.manifest, study.manifest["versions"]
    worlds = study.worlds + len(study.failed)
    counted = f"{worlds:,} world{'' if worlds == 1 else 's'}"
    told = [
        f"We ran {_scenarios(study)} in the model {study.model['name']} of cordiale {versions['cordiale']} (Mesa "
        f"{versions['mesa']}, NumPy {versions['numpy']}, Python {versions['python']}) with the case pack "
        f"{about['pack']}, in which the positions of {len(about['names'])} states are coded from "
        f"{short_citation(about['article'])}.",
        f"Each scenario was run in {counted} (seed {about['seed']}), {_span(study)}.",
        "A world draws each coded number from its stated range.",
        *(MATCHED if len(study.scenarios) > 1 else ()),
    ]
    told += (
        [f"{len(study.failed)} of them are left out, since a state's behaviour failed there."] if study.failed else []
    )
    return [
        *told,
        *_changed(study),
        f"The design has the hash {about['design']}; the study is made again by `{_command(study)}`.",
    ]


def _scenarios(study: Study) -> str:
    titles = [f"“{study.title(name)}”" for name in study.scenarios]
    if len(titles) == 1:
        return f"the scenario {titles[0]}"
    return f"{len(titles)} scenarios ({'; '.join(titles)}), the first of which the others are compared with,"


def _span(study: Study) -> str:
    """Return from when to when: "2018Q4 to 2025Q4, quarter by quarter"; of several horizons the last of all."""
    ends = {(study.quarters(name)[0], study.quarters(name)[-1]) for name in study.scenarios}
    first, last = min(start for start, _ in ends), max(end for _, end in ends)
    return f"{first} to {last}, quarter by quarter" + (", some of them not so long" if len(ends) > 1 else "")


def _changed(study: Study) -> list[str]:
    """Return a sentence on numbers that were held at one value in place of their range, where there are any."""
    held = sorted(
        {f"{path} = {value:g}" for name in study.scenarios for path, value in study.about(name)["fixed"].items()}
    )
    return [f"Held at one value in place of its range: {', '.join(held)}."] if held else []


def _command(study: Study) -> str:
    import shlex

    return shlex.join(plain(word) for word in study.manifest["command"])
