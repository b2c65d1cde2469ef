"""What all visitors of a page share: the answers that are kept, and, once it is loaded, the pack with what runs it."""

from __future__ import annotations

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cordiale.analysis.answers import Answer, keep, kept_answers
from cordiale.case.load import nearest_pack
from cordiale.case.quarters import to_text
from cordiale.files.errors import OptionError, UserError, did_you_mean, one_line, short
from cordiale.page.look import WORLDS, Look

if TYPE_CHECKING:
    from cordiale.page.runs import Runs
    from cordiale.scenario.claims import Claim
    from cordiale.scenario.first_questions import Asked
    from cordiale.scenario.load import Scenario
    from cordiale.study.in_memory import InMemory

SENT = 40  # files of visitors that are remembered
PATIENCE = 120.0  # seconds that a visitor waits for the pack to be loaded
MINE = "mine-"  # before the key of a file that was sent


@dataclass(frozen=True)
class Judged:
    """A claim and its recorded verdict, "not recorded" where there is none."""

    claim: Claim
    verdict: str


class Loaded:
    """The pack with its questions, and the processes that run its scenarios."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        from cordiale.page.runs import Runs

        self.asked = {each.name: each for each in asked}
        self.base = next((each.against for each in asked if not each.scenario.against), asked[0].against)
        self.runs: Runs = Runs(self.base.loaded, self.base.family)
        self.scenarios = {each.name: each for one in asked for each in (one.against, one.scenario)}

    @cached_property
    def claims(self) -> list[Judged]:
        """The pack's claims with their recorded verdicts, in the order of the article; none where it has no file."""
        from cordiale.analysis.claim_record import recorded_path
        from cordiale.files.error_messages import validate
        from cordiale.files.yaml_file import read
        from cordiale.scenario.claims import ClaimsFile

        try:
            path = recorded_path(self.base.loaded.folder)
        except OptionError:
            return []
        verdicts = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        found = validate(read(path.with_name("claims.yaml")), ClaimsFile).claims
        return [Judged(claim, verdicts.get(claim.id, "not recorded")) for claim in found]


class AppState:
    """The shared things of a page.

    Parameters
    ----------
    pack : name or folder; where None the only one of the nearest folder that has any
    name : of the question or scenario that is shown first; the pack's first question where empty

    Raises
    ------
    FileError, OptionError of a pack that cannot be shown, or of a name that is none
    """

    def __init__(self, pack: str | None = None, name: str = "") -> None:
        self.pack, self.opening = nearest_pack(pack), name
        self.answers = kept_answers(self.pack, [self._made])
        self.progress = (0, 1)  # worlds that are run for answers, of how many
        self.fault = ""
        self._loading, self._loaded = threading.Event(), None if self.answers else self._load()
        if name and name not in self._names:
            raise self._unknown(name)
        self._sent: OrderedDict[str, Asked] = OrderedDict()
        self._lock = threading.Lock()
        self._listeners: set[Callable[[], object]] = set()

    @property
    def _made(self) -> Path:
        """The file of answers that were made here, since none lay beside the scenarios."""
        return Path("outputs") / f"answers-{Path(self.pack).name}.json"

    @property
    def _names(self) -> list[str]:
        """The names of all questions, then of their scenarios."""
        if self._loaded is not None:
            return [*self._loaded.asked, *(each.scenario.name for each in self._loaded.asked.values())]
        assert self.answers is not None
        return [each.name for each in self.answers.answers] + [each.scenario for each in self.answers.answers]

    def _load(self) -> Loaded:
        from cordiale.scenario.first_questions import load_questions

        loaded = Loaded(load_questions(self.pack))
        if not loaded.base.family.parts:
            raise OptionError(
                f"the page shows the parts of a model's headline, and {loaded.base.family.name}'s has none"
            )
        return loaded

    def begin(self) -> None:
        """Load the pack, and make its answers where none are kept: in a thread of its own, once the server answers."""
        try:
            self._loaded = self._loaded or self._load()
            self._loading.set()
            if self.answers is None:
                self._make()
        except UserError as error:
            self.fault = str(error)
        finally:
            self._loading.set()
            self._tell()

    def _make(self) -> None:
        from cordiale.analysis.answering import answers_of
        from cordiale.output.pages.findings import limits

        def progress(done: int, worlds: int) -> None:
            self.progress = (done, worlds)
            self._tell()

        found = answers_of(self.pack, limits=[str(each) for each in limits(self.loaded.base)], progress=progress)
        self.answers = found
        keep(found, self._made)

    def stop(self) -> None:
        """End the processes."""
        if self._loaded is not None:
            self._loaded.runs.stop()

    # ------------------------------------------------------------ who waits for answers that are made

    def listen(self, told: Callable[[], object]) -> Callable[[], None]:
        """Call a function whenever something has changed, until what is returned is called."""
        self._listeners.add(told)
        return lambda: self._listeners.discard(told)

    def _tell(self) -> None:
        for each in list(self._listeners):
            each()

    # ------------------------------------------------------------ what is asked

    @property
    def is_loaded(self) -> bool:
        """Whether the pack is loaded, so that nobody waits for it."""
        return self._loading.is_set() and self._loaded is not None

    @property
    def loaded(self) -> Loaded:
        """The pack, loaded; OptionError where that takes too long or fails."""
        if not self._loading.wait(PATIENCE) or self._loaded is None:
            raise OptionError(self.fault or "the pack is still being loaded: try again")
        return self._loaded

    def answer(self, look: Look, visitor: str) -> Answer:
        """Return the answer to a look: a kept one, or one that is run now.

        Raises
        ------
        OptionError for a name that is none, StudyError where a run fails or takes too long
        """
        assert self.answers is not None
        known = self.answers.of(look.name or self.opening) if look.name or self.opening else self.answers.first[0]
        if known is not None and look.kept:
            return known
        asked = self.asked(look)
        from cordiale.analysis.answering import Made, texts_of

        run = self.changed(asked, look)
        study = self.study(look, texts_of([run]), visitor)
        made = Made(study, [run], {each.name: each for each in (run.against, run.scenario)})
        return made.answer(run)

    def study(self, look: Look, measures: Sequence[str], visitor: str) -> InMemory:
        """Return a look's two scenarios, run: what is compared with, and what is looked at."""
        run = self.changed(self.asked(look), look)
        scenarios = [run.against] if run.against.name == run.scenario.name else [run.against, run.scenario]
        return self.loaded.runs.study(scenarios, measures, visitor).result()

    def asked(self, look: Look) -> Asked:
        """Return the question of a look; OptionError where there is none of its name, or a lever of it is none."""
        asked = self._named(look)
        known = asked.scenario.known_levers
        for name in look.moved:
            if name not in known:  # a parameter, a seed or a number of worlds is not moved here
                raise OptionError(f"no lever {short(name)}{did_you_mean(name, known)}")
        return asked

    def _named(self, look: Look) -> Asked:
        name, loaded = look.name or self.opening, self.loaded
        if not name:
            return next(iter(loaded.asked.values()))
        by_scenario = {each.scenario.name: each for each in loaded.asked.values()}
        found = loaded.asked.get(name) or by_scenario.get(name) or self._sent.get(name)
        if found is None:
            raise self._unknown(name)
        return found

    def _unknown(self, name: str) -> OptionError:
        """Return what is said of a name that has no answer."""
        against = {each.against for each in self.answers.answers} if self.answers else {self.loaded.base.name}
        if name in against:
            return OptionError(f"{short(name)} has no answer of its own: it is what others are compared with")
        gone = "; a file that was sent is forgotten when many have followed" if name.startswith(MINE) else ""
        return OptionError(f"no question or scenario {short(name)}{did_you_mean(name, self._names)}{gone}")

    def changed(self, asked: Asked, look: Look) -> Asked:
        """Return a question with the levers and the number of worlds of a look."""
        from dataclasses import replace

        from cordiale.page.session import prepared

        assert self.answers is not None
        worlds = look.worlds or (WORLDS if look.moved else self.answers.worlds)
        seed = self.answers.seed
        against = prepared(asked.against, worlds, seed)
        scenario = prepared(asked.scenario, worlds, seed, look.moved)
        return replace(asked, scenario=scenario, against=against)

    def send(self, content: bytes, name: str) -> str:
        """Take a scenario file that a visitor sent, and return the name by which it can be asked for.

        Raises
        ------
        UserError in a line that names the file
        """
        from cordiale.page.session import uploaded
        from cordiale.scenario.first_questions import question_of

        loaded = self.loaded
        scenario: Scenario = uploaded(content, name, loaded.base.loaded)
        asked = question_of(scenario, loaded.base, loaded.base.loaded.folder, ())
        ends = {each.horizon for each in (scenario, asked.against, loaded.base)}
        if len(ends) > 1:
            raise OptionError(
                f"{one_line(name)[:80]}: it ends in {to_text(scenario.horizon)}, and what it is compared with in "
                f"{to_text(asked.against.horizon)}; the page compares what ends in {to_text(loaded.base.horizon)}"
            )
        key = MINE + secrets.token_hex(8)
        with self._lock:
            self._sent[key] = asked
            while len(self._sent) > SENT:
                self._sent.popitem(last=False)
        return key
