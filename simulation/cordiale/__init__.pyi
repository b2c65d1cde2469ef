# The public names, each once: what editors and type checkers read, and what is loaded when a name is first used.

from . import models as models
from .analysis.agreement import agreement as agreement
from .analysis.brief import brief as brief
from .analysis.calibrate import calibrate as calibrate
from .analysis.compare import compare as compare
from .analysis.discover import discover as discover
from .analysis.forecast import forecast as forecast
from .analysis.judge import judge as judge
from .analysis.moves import moves as moves
from .analysis.panel import panel as panel
from .analysis.robust import robust as robust
from .analysis.sample_size import sample_size as sample_size
from .analysis.score import score as score
from .analysis.sensitivity import sensitivity as sensitivity
from .analysis.sweep import sweep as sweep
from .case.pack import Pack as Pack
from .files.errors import CordialeError as CordialeError
from .files.errors import FileError as FileError
from .files.errors import OptionError as OptionError
from .files.errors import StudyError as StudyError
from .files.errors import StudyWarning as StudyWarning
from .files.errors import UserError as UserError
from .models.base import Family as Family
from .models.base import Measure as Measure
from .models.diplomacy.state import Challenger as Challenger
from .models.diplomacy.state import Hedger as Hedger
from .models.diplomacy.state import State as State
from .output.charts.study import chart as chart
from .output.export.write import export as export
from .output.handout.build import handout as handout
from .output.report.page import report as report
from .scenario.load import load_pack as load_pack
from .scenario.load import load_scenario as load_scenario
from .scenario.settings import Scenario as Scenario
from .study.result import Result as Result
from .study.run import resume as resume
from .study.run import run as run
from .study.study import Study as Study

__version__: str
__all__: list[str]
