"""Small random packs and scenarios, written as files, for properties that must hold of any case."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from cordiale.files.yaml_file import read

CODES = ("AAA", "BBB", "CCC", "DDD", "EEE")
SOURCE = "assumption: drawn at random for a test"


def coded(luck: random.Random, low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    """Return a coded number with a wide range inside a scale."""
    width = high - low
    ends = low + width * luck.uniform(0, 0.25), high - width * luck.uniform(0, 0.24)
    best = luck.uniform(*ends)
    numbers = {"low": round(ends[0], 4), "best": round(best, 4), "high": round(ends[1], 4)}
    numbers["best"] = min(max(numbers["best"], numbers["low"]), numbers["high"])
    return {**numbers, "basis": "not in the article", "source": SOURCE}


def sized(luck: random.Random, most: float) -> dict[str, Any]:
    """Return a coded number whose size counts: from half to twice its best value, at most `most`."""
    best = round(most * luck.uniform(0.05, 0.5), 4)
    return {"low": best / 2, "best": best, "high": 2 * best, "basis": "not in the article", "source": SOURCE}


def random_pack(seed: int, states: int | None = None) -> dict[str, Any]:
    """Return the files of a random pack: name without .yaml -> data."""
    luck = random.Random(seed)
    codes = list(CODES[: states or luck.randint(2, 5)])
    hazards = luck.sample(codes, luck.randint(0, min(2, len(codes)))) + ["piracy"] * luck.randint(0, 1)
    challengers = [code for code in codes if code in hazards]
    issues = [f"issue_{k}" for k in range(luck.randint(1, 4))]
    theatres = [f"theatre_{k}" for k in range(luck.randint(1, 2))]
    agreements = [f"rung_{k}" for k in range(luck.randint(1, 4))]
    domains = [f"domain_{k}" for k in range(luck.randint(1, 3))]
    names = {"codes": codes, "hazards": hazards, "challengers": challengers, "issues": issues}
    names |= {"deeds": [k for k in issues if luck.random() < 0.3]}
    names |= {"theatres": theatres, "agreements": agreements, "domains": domains}
    files = {code: _state(luck, code, names) for code in codes}
    return {"case": _case(luck, names), "ties": _ties(luck, names), **files}


def _state(luck: random.Random, code: str, names: dict[str, list[str]]) -> dict[str, Any]:
    challenger = code in names["challengers"]
    state: dict[str, Any] = {
        "code": code,
        "name": f"State {code}",
        "cow_code": 1,
        "behaviour": luck.choice(["Challenger", "State"] if challenger else ["State", "Hedger"]),
        "issues": {k: {"ideal": coded(luck), "salience": coded(luck, 0.05)} for k in names["issues"]},
        "resolve": coded(luck),
        "bandwidth": coded(luck, 0, 4),
        "clarity": coded(luck),
        "liberal_order": coded(luck),
        "capability": {name: coded(luck) for name in names["theatres"]},
        "threat": {name: coded(luck) for name in names["hazards"] if name != code and luck.random() < 0.8},
        "dependence": {name: coded(luck) for name in names["challengers"] if name != code},
    }
    issue = luck.choice(names["issues"])
    state["issues"][issue] |= {"trend": coded(luck, -0.1, 0.1), "expected_trend": coded(luck, 0.0, 0.1)}
    if challenger:
        state |= {"assertiveness": coded(luck), "hits": sized(luck, 6)}
    if luck.random() < 0.5:
        state |= {"exports": sized(luck, 1), "elections": {"quarters": ["2019Q1", "2020Q2"], "source": SOURCE}}
    return state


def _case(luck: random.Random, names: dict[str, list[str]]) -> dict[str, Any]:
    codes, issues, agreements = names["codes"], names["issues"], names["agreements"]
    agreed = [k for k in issues if k not in names["deeds"]]

    def some(values: list[str]) -> list[str]:
        return [value for value in values if luck.random() < 0.6]

    def maybe(values: list[str]) -> str | None:
        return luck.choice([*values, None]) if values else None

    def issue(k: str) -> dict[str, Any]:
        record: dict[str, Any] = {"label": "An issue", "zero": "none", "half": "some", "one": "all"}
        record["provokes"] = [code for code in names["challengers"] if luck.random() < 0.5]
        target = maybe(names["challengers"])
        record["deed"] = k in names["deeds"]
        return record | ({"restrains_flows_to": target} if target else {})

    def domain() -> dict[str, Any]:
        record: dict[str, Any] = {"label": "A domain", "theatre": luck.choice(names["theatres"])}
        record |= {"meets": some(names["hazards"]), "about": some(agreed)}
        named = {"appetite": issues, "patron": codes, "unlocked_by": agreements, "contribution": issues}
        for key, values in named.items():
            value = maybe(values)
            if value:
                record[key] = value
        return record | ({"rate": sized(luck, 6)} if luck.random() < 0.5 else {})

    def rung(rank: int) -> dict[str, Any]:
        record: dict[str, Any] = {"label": "A rung", "weight": coded(luck, 0.05), "implies": some(agreements[:rank])}
        if luck.random() < 0.7:
            record |= {"opens": coded(luck, -6, -1)}
        if luck.random() < 0.5:
            record |= {"signature": sized(luck, 0.5)}
        return record | {"follows": luck.choice(["words", some(names["domains"])])}

    def group() -> dict[str, Any]:
        character = {k: coded(luck) for k in issues if luck.random() < 0.7}
        return {
            "label": "A format",
            "members": [code for code in codes if luck.random() < 0.4],
            "character": character,
            "aimed_at": {code: coded(luck) for code in names["challengers"] if luck.random() < 0.7},
            "level": luck.choice(["announced", "officials", "ministers", "leaders"]),
            "open": luck.random() < 0.3,
        }

    def roles() -> dict[str, Any]:
        kinds = {"presence": issues, "exercises": names["domains"], "arms": names["domains"]}
        kinds |= dict.fromkeys(("meetings", "dialogue", "treaty"), agreements)
        found = {role: maybe(values) for role, values in kinds.items()}
        return {"words": some(agreed)} | {role: name for role, name in found.items() if name}

    formats = [f"format_{k}" for k in range(luck.randint(0, 2))]
    levers: dict[str, dict[str, list[float]]] = {
        "trust_lever": {f"{codes[0]}>{codes[1]}.breach": [0, 1]},
        "ideal_lever": {f"{codes[0]}.{issues[0]}.ideal": [0, 1]},
        "rung_lever": {f"{codes[0]}-{codes[1]}.agreement.{agreements[0]}": [0, 1]},
        "opening_lever": {f"{codes[0]}-{codes[1]}.opening.{names['domains'][0]}": [0, 1]},
        "pace_lever": {f"{codes[1]}.resolve": [0.0, 0.9], f"{codes[1]}.bandwidth": [0, 3]},
        "talks_lever": {f"{codes[0]}-{codes[1]}.open_talks.{agreements[0]}": [0, 1]},
        "sign_lever": {f"{codes[0]}-{codes[1]}.sign.{agreements[-1]}": [0, 1]},
        "cancel_lever": {f"{codes[1]}>{codes[0]}.cancel": [0, 1]},
    }
    if formats:
        levers["member_lever"] = {f"{codes[0]}.member.{formats[0]}": [0, 1]}
        levers["founding_lever"] = {f"{formats[0]}.found": [0, 1]}
        levers["leaving_lever"] = {f"{codes[1]}.leave.{formats[-1]}": [0, 1]}
    return {
        "title": "A random case",
        "start": "2018Q4",
        "states": codes,
        "focus": f"{codes[0]}-{codes[1]}",
        "poles": codes[:2],
        "article": {
            "citation": "none",
            "sections": {"Text": {"heading": "Text", "paragraphs": {1: "nothing"}}},
        },
        "theatres": dict.fromkeys(names["theatres"], "a theatre"),
        "hazards": dict.fromkeys(names["hazards"], "a hazard"),
        "issues": {k: issue(k) for k in issues},
        "domains": {d: domain() for d in names["domains"]},
        "agreements": {a: rung(rank) for rank, a in enumerate(agreements)},
        "formats": {f: group() for f in formats},
        "roles": roles(),
        "levers": {
            name: {"label": "A lever", "says": "nothing", "locator": "Text 1", "moves": moves}
            for name, moves in levers.items()
        },
    }


def _ties(luck: random.Random, names: dict[str, list[str]]) -> dict[str, Any]:
    codes, domains = names["codes"], names["domains"]
    dyads = [f"{one}-{other}" for at, one in enumerate(codes) for other in codes[at + 1 :]]
    ladder, talks = [], []
    for dyad in dyads:
        for agreement in names["agreements"]:
            row = {"dyad": dyad, "agreement": agreement, "source": "made up"}
            if luck.random() < 0.3:
                ladder.append(row | {"signed": 2018} | ({"in_force": 2018} if luck.random() < 0.6 else {}))
            elif luck.random() < 0.2:
                talks.append(row | {"opened": 2018})

    def kind() -> dict[str, Any]:
        return {"label": "A kind", "trust": coded(luck), "practice": {d: coded(luck) for d in domains}}

    first, second = codes[:2]
    view = {
        "trust": coded(luck),
        "usefulness": coded(luck, -1, 1),
        "bias": {names["issues"][0]: coded(luck, -1, 1)},
        "watches": [k for k in names["issues"] if luck.random() < 0.5],
    }
    contract = {"seller": first, "buyer": second, "what": "six ships", "year": 2017, "source": "made up"}
    return {
        "ladder": ladder,
        "talks": talks,
        "contracts": [contract] if luck.random() < 0.5 else [],
        "classes": {"near": kind() | {"dyads": dyads[:1]}, "far": kind()},
        "other": "far",
        "close": luck.choice(["near", "far"]),
        "dyads": {dyads[0]: {"export_control_forum": coded(luck)}},
        "views": {f"{first}>{second}": view},
    }


def random_scenario(seed: int, pack: dict[str, Any]) -> dict[str, Any]:
    """Return a random scenario of a random pack: levers, a timeline with every kind of event, and acts."""
    luck = random.Random(seed)
    levers = list(pack["case"]["levers"])
    luck.shuffle(levers)
    kinds = ["levers", "set", "ramp", "shock", "stop"]
    scenario: dict[str, Any] = {
        "title": "A random scenario",
        "question": "What happens?",
        "basis": {"locator": "Text 1", "says": "nothing"},
        "horizon": "2020Q4",
        "worlds": 6,
        "seed": luck.randint(0, 10**6),
        "levers": {},
        "timeline": [],
    }
    for lever in levers[: luck.randint(0, len(levers))]:
        kind, value = luck.choice(kinds), round(luck.random(), 3)
        if kind in ("levers", "stop"):
            scenario["levers"][lever] = value
        if kind == "stop":
            scenario["timeline"].append({"quarter": "2019Q3", "stop": [lever]})
        elif kind == "set":
            scenario["timeline"].append({"quarter": "2019Q1", "set": {lever: value}})
        elif kind == "ramp":
            scenario["timeline"].append({"quarter": "2019Q2", "ramp": {lever: value}, "over": luck.randint(1, 6)})
        elif kind == "shock":
            scenario["timeline"].append({"quarter": "2019Q4", "shock": {lever: value}, "lasts": luck.randint(1, 3)})
    acts = _acts(luck, pack["case"])
    return scenario | ({"timeline": [*scenario["timeline"], {"quarter": "2020Q1", "act": acts}]} if acts else {})


def _acts(luck: random.Random, case: dict[str, Any]) -> list[str]:
    """Return some acts on numbers that no lever of a random pack moves."""
    first, second = case["states"][:2]
    challengers = [code for code in case["states"] if code in case["hazards"]]
    acts = [f"{first}>{second}.cancel", f"{second}>{first}.breach"]
    acts += [f"{code}>{other}.coercion" for code in challengers for other in (first, second) if other != code]
    return [act for act in acts if luck.random() < 0.5]


def write(folder: Path, files: dict[str, Any]) -> Path:
    """Write files as YAML into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    return folder


def keeps_to_its_schema(path: Path) -> None:
    """Hold a file to the schema that its first line names."""
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    schema = json.loads((path.parent / first.partition("=")[2]).read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(_with_text_keys(read(path).data))


def _with_text_keys(value: Any) -> Any:
    """Return data as JSON would hold it: keys of mappings are text there."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value
