"""Who they are: the records of a case pack, as they stand in its files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cordiale.case.ranges import Coded, Count, Episodes, Finite, Logit, Rate, Share, Signed, Strict, Trend

Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
ModelName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*(:[A-Za-z_][A-Za-z0-9_]*)?$", max_length=200)]
Words = Annotated[str, Field(min_length=3, max_length=1000)]
Dyad = Annotated[str, Field(pattern=r"^[A-Z]{3}-[A-Z]{3}$", description="two states, in any order: ABC-DEF")]
Directed = Annotated[str, Field(pattern=r"^[A-Z]{3}>[A-Z]{3}$", description="the first toward the second: ABC>DEF")]
Ends = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Quarter = Annotated[str, Field(pattern=r"^[0-9]{4}Q[1-4]$", description="a quarter: 2019Q2")]
Year = Annotated[int, Field(ge=1800, le=2100)]


class Weight(Coded):
    """A behavioural weight, with its unit and its own scale."""

    meaning: Words
    unit: Words
    least: Finite = 0.0
    most: Finite = 1.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value that the weight allows."""
        return (self.least, self.most)


# ---------------------------------------------------------------- one state: FRA.yaml


class Position(Strict):
    """Where a state wants to stand on an issue, and how much the issue matters to it."""

    ideal: Coded
    salience: Coded
    trend: Trend | None = Field(None, description="change of the ideal point a quarter")
    expected_trend: Trend | None = Field(None, description="change a quarter that partners expect")


class Elections(Strict):
    """When elections that can change a government are due, as known at the start."""

    quarters: list[Quarter] = Field(min_length=1)
    source: Words


class Cost(Strict):
    """What a state would rather not see change one way: the mean of measures of one kind."""

    label: Words
    measures: list[str] = Field(min_length=1, description="MEASURE:ENTITY each, of one unit; their mean is the cost")
    worse: Literal["more", "less"] = Field("more", description="whether more of it is worse, or less")
    says: Words = Field(description="why it is a cost, in the coder's words")
    locator: str | None = Field(None, description="the paragraph that says so; absent: the coder's assumption")


class StateFile(Strict):
    """One state."""

    code: Code = Field(description="ISO 3166-1 alpha-3")
    name: Words
    cow_code: int = Field(description="Correlates of War country code")
    behaviour: str = Field("State", description="State, Challenger, Hedger, or module:Class")
    note: Words | None = None
    enters: Quarter | None = Field(None, description="the quarter from which it takes part; absent: from the start")
    issues: dict[Name, Position]
    resolve: Coded
    bandwidth: Count = Field(description="width of its diplomacy; only its ratio to the coded value counts")
    clarity: Coded = Field(description="how readable its positions are to others")
    liberal_order: Coded
    capability: dict[Name, Coded] = Field(description="by theatre")
    threat: dict[Name | Code, Coded] = Field(default_factory=dict, description="by hazard; absent: none")
    dependence: dict[Code, Coded] = Field(default_factory=dict, description="on each challenger; absent: none")
    assertiveness: Coded | None = Field(None, description="of a challenger: how hard it presses")
    hits: Episodes | None = Field(None, description="of a challenger: episodes of coercion a year; absent: none")
    exports: Share | None = Field(None, description="share of world exports of large weapons; absent: none")
    elections: Elections | None = None
    costs: dict[Name, Cost] = Field(default_factory=dict, description="what its moves may cost it, the gravest first")


# ---------------------------------------------------------------- the case: case.yaml


class Section(Strict):
    """A section of the article and, by number, what each of its paragraphs is about."""

    heading: Words
    paragraphs: dict[int, Words]


class Article(Strict):
    """The source."""

    citation: Words
    sections: dict[str, Section] = Field(description="by a short name used in locators: 'Limitations 1'")


class Issue(Strict):
    """A scale 0..1 on which every state has a position."""

    label: Words
    zero: Words
    half: Words
    one: Words
    provokes: list[Code] = Field(default_factory=list, description="challengers that a high position provokes")
    restrains_flows_to: Code | None = Field(None, description="the hazard that a low position supplies")
    deed: bool = Field(False, description="what a state supplies, and not what states agree on")


class Domain(Strict):
    """A kind of practical cooperation."""

    label: Words
    theatre: Name
    meets: list[str] = Field(default_factory=list, description="hazards that cooperation here meets")
    appetite: Name | None = Field(None, description="the issue whose position makes a state want more of it")
    patron: Code | None = Field(None, description="a high position wants it with this state, and not with others")
    unlocked_by: Name | None = Field(None, description="the agreement that opens its demanding forms")
    about: list[Name] = Field(default_factory=list, description="issues on which partners must agree to work here")
    contribution: Name | None = Field(None, description="the issue whose position scales what a partner can bring")
    rate: Rate | None = Field(None, description="events a year of a pair whose practice is 1; absent: 1.5")


class Agreement(Strict):
    """A type of agreement that two states may have in force; types stand side by side, in no order."""

    label: Words
    weight: Coded = Field(description="its part in institutional depth")
    implies: list[Name] = Field(default_factory=list)
    opens: Logit | None = Field(
        None, description="logit of the chance a year that a pair opens talks and signs; absent: nobody does"
    )
    signature: Share | None = Field(
        None, description="chance a quarter that open talks end in a signature; absent: the weight `signature`"
    )
    follows: list[Name] | Name = Field(
        default_factory=list, description="domains, or `words`, whose change brings it nearer; absent: all issues"
    )


Level = Literal["announced", "officials", "ministers", "leaders"]


class Format(Strict):
    """A group of states with a character."""

    label: Words
    level: Level = Field("ministers", description="who meets; of an announced format nobody, yet")
    open: bool = Field(False, description="open to all comers")
    members: list[Code] = Field(default_factory=list, description="at the start")
    character: dict[Name, Coded] = Field(
        default_factory=dict, description="by issue, the position that the format stands for"
    )
    aimed_at: dict[Code, Coded] = Field(default_factory=dict, description="how far it reads as aimed at a challenger")


class Lever(Strict):
    """A policy handle: what it moves when it is set to 0 and to 1."""

    label: Words
    says: Words = Field(description="what the article says about it, in the coder's words")
    locator: str
    moves: dict[str, Ends] = Field(min_length=1, description="path: [at 0, at 1]")
    shock: bool = Field(False, description="not policy but an event that nobody controls")
    held_by: list[Code] = Field(
        default_factory=list, description="states that can move it; of several, all must consent; absent: nobody"
    )
    named: list[Words] | None = Field(
        None, min_length=2, max_length=2, description="what is done at 0 and at 1, in a few words; absent: the label"
    )


class Roles(Strict):
    """Which names of the pack the rules of the model speak of; a role that nothing has is off."""

    words: list[Name] = Field(default_factory=list, description="issues of documents, of leaders and of ministers")
    presence: Name | None = Field(None, description="the issue that says how much a navy shows itself abroad")
    exercises: Name | None = Field(None, description="the domain in which navies, armies and air forces exercise")
    meetings: Name | None = Field(None, description="the agreement whose bodies meet")
    dialogue: Name | None = Field(None, description="the agreement that a partnership begins with")
    treaty: Name | None = Field(None, description="the agreement that binds to mutual defence")
    arms: Name | None = Field(None, description="the domain of sales of arms; its appetite and patron say who buys")


class Case(Strict):
    """A case: what there is apart from the states and their ties."""

    title: Words
    article: Article
    start: Quarter
    states: list[Code] = Field(min_length=2, description="each has its file")
    focus: Dyad = Field(description="the dyad that the article is about")
    poles: Annotated[list[Code], Field(min_length=2, max_length=2)] = Field(description="between which others hedge")
    theatres: dict[Name, Words] = Field(min_length=1)
    hazards: dict[Name | Code, Words] = Field(default_factory=dict, description="what states may fear")
    issues: dict[Name, Issue] = Field(min_length=1)
    domains: dict[Name, Domain] = Field(min_length=1)
    agreements: dict[Name, Agreement] = Field(min_length=1)
    formats: dict[Name, Format] = Field(default_factory=dict)
    roles: Roles = Roles.model_validate({})
    levers: dict[Name, Lever] = Field(default_factory=dict)
    model: ModelName | None = Field(None, description="the family of models; diplomacy without it")
    behaviour: dict[Name, Weight] = Field(default_factory=dict, description="weights other than the model's own")


# ---------------------------------------------------------------- how they stand to each other: ties.yaml


class Rung(Strict):
    """A fact: an agreement signed and, where a year is given, in force at the start."""

    dyad: Dyad
    agreement: Name
    signed: Year
    in_force: Year | None = None
    source: Words


class Talks(Strict):
    """A fact: negotiations on an agreement that were open at the start."""

    dyad: Dyad
    agreement: Name
    opened: Year
    source: Words


class Contract(Strict):
    """A fact: a large contract on arms that was alive at the start."""

    seller: Code
    buyer: Code
    what: Words
    year: Year
    source: Words


class TieClass(Strict):
    """The ranges of a kind of tie; each of its dyads draws its own values from them."""

    label: Words
    dyads: list[Dyad] = Field(default_factory=list)
    trust: Coded
    practice: dict[Name, Coded] = Field(description="by domain")


class Tie(Strict):
    """What is coded for one dyad in place of its class's range."""

    practice: dict[Name, Coded] = Field(default_factory=dict)
    export_control_forum: Coded | None = None


class View(Strict):
    """What is coded for one state's view of another in place of the default."""

    trust: Coded | None = None
    usefulness: Signed | None = Field(None, description="added to the partner's capability as this state sees it")
    bias: dict[Name, Signed] = Field(default_factory=dict, description="by issue, added to the partner's signal")
    watches: list[Name] = Field(default_factory=list, description="issues on which a change of the partner is news")


class Ties(Strict):
    """The starting ladder, practice, trust and perceptions."""

    ladder: list[Rung] = Field(default_factory=list, description="agreements signed at the start")
    talks: list[Talks] = Field(default_factory=list, description="negotiations open at the start")
    contracts: list[Contract] = Field(default_factory=list, description="large contracts on arms alive at the start")
    classes: dict[Name, TieClass]
    other: Name = Field(description="the class of dyads that no class names")
    close: Name | None = Field(None, description="the class of close partners, from whom strength of ties is measured")
    dyads: dict[Dyad, Tie] = Field(default_factory=dict)
    views: dict[Directed, View] = Field(default_factory=dict)


class Pack(Strict):
    """A whole case pack, checked."""

    name: str
    case: Case
    ties: Ties
    states: dict[Code, StateFile]
    weights: dict[Name, Weight] = Field(description="the behavioural weights, the model's or the case's own")
    lost: frozenset[str] = Field(frozenset(), description="names in what case.yaml says with a fault")
