"""Text that nobody has looked at, as it stands and damaged, through all that one does with a run: does anything break?

    python tests/benchmarks/soak.py [--text ../shared/data/text] [--documents 1000] [--seed 1]

cuts passages at random from the folder's ``*.txt.xz`` or, where it is absent, from the corpus of this repository, damages
every second one, and gives them to `peristiwa run`, `report`, `merge` and `trace`. Told are the documents that failed after
ingest and the commands that did; the exit status is 1 if there are any. No text is printed.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = ROOT.parent / "shared" / "data" / "text"
LINES = 400_000
"""Lines of a file that passages are cut from."""
LENGTH = 1500
MARKS = ".,;:()[]\"“”‘’-–—/'!?%&@#°†\u200b\u00ad\ufeff\u0301\u202e😀漢عA1 \n\t"
TOLD = (
    "31/02/2019", "30 Februari 2020", "99.99", "Rp1,5 triliun", "12:61", "300 SM", "1 SM", "abad ke-99", "XXIX", "00/00/0000",
    "32 Desember", "pekan ke-60 2018", "10000 SM", "Senin", "Rabu (31/2/2018)", "1450 H", "nol", "-7", "٣",
)  # fmt: skip


def sprinkled(text: str, chance: random.Random) -> str:
    """Marks and letters of other scripts in the place of one letter in twenty."""
    return "".join(chance.choice(MARKS) if chance.random() < 0.05 else letter for letter in text)


def _words(change: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    return lambda text, chance: " ".join(change(word, chance) for word in text.split(" "))


DAMAGES: tuple[Callable[[str, random.Random], str], ...] = (
    lambda text, _: text.upper(),
    lambda text, _: text.lower(),
    lambda text, _: text.title(),
    lambda text, _: text.replace(" ", ""),
    lambda text, _: text.replace(" ", "\n"),
    lambda text, _: "".join(letter for letter in text if letter.isalnum() or letter == " "),
    lambda text, _: text.replace(",", " (").replace(".", ") .").replace(" dan ", " “"),
    lambda text, chance: " ".join(chance.sample(words := text.split(" "), len(words))),
    sprinkled,
    _words(lambda word, chance: f"{word} " * chance.choice((1, 1, 1, 0, 5))),
    _words(lambda word, chance: chance.choice(TOLD) if chance.random() < 0.15 else word),
)


def lines_of(folder: Path) -> Iterator[list[str]]:
    """The lines of each file that are not empty."""
    if folder.is_dir():
        for path in sorted(folder.glob("*.txt.xz")):
            with lzma.open(path, "rt", encoding="utf-8") as file:
                yield [line.strip() for line in islice(file, LINES) if line.strip()]
    else:
        files = sorted((ROOT / "corpus" / "id").rglob("*.txt"))
        yield [line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def passages(lines: Sequence[str], count: int, chance: random.Random) -> Iterator[str]:
    """Runs of lines of about LENGTH characters, from random places."""
    for _ in range(count):
        at, text = chance.randrange(len(lines)), ""
        while len(text) < LENGTH and at < len(lines):
            text, at = f"{text}{lines[at]}\n", at + 1
        yield text[: 4 * LENGTH]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--text", type=Path, default=TEXT)
    options.add_argument("--documents", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    chance = random.Random(given.seed)
    sources = list(lines_of(given.text))
    texts = [text for lines in sources for text in passages(lines, given.documents // len(sources), chance)]
    with tempfile.TemporaryDirectory() as name:
        source, run = Path(name) / "soak.jsonl", Path(name) / "run"
        with source.open("w", encoding="utf-8") as file:
            for number, text in enumerate(texts):
                told = chance.choice(DAMAGES)(text, chance) if number % 2 else text
                day = {"published": "2018-03-14"} if number % 4 < 2 else {}
                file.write(json.dumps({"doc_id": f"s{number}", "text": told, **day}) + "\n")
        commands = (["run", str(source), "-o", str(run), "--quiet"], *([one, str(run)] for one in ("report", "merge", "trace")))
        states = {
            command[0]: subprocess.run([sys.executable, "-m", "peristiwa", *command], check=False).returncode
            for command in commands
        }
        failures = [json.loads(line) for line in (run / "failures.jsonl").read_text(encoding="utf-8").splitlines()]
    broken = [failure for failure in failures if failure["stage"] != "ingest"]
    for failure in broken:
        print(f"{failure['doc_id']}: {failure['stage']}: {failure['reason']}")
    print(f"{len(texts)} documents, {len(failures)} refused at ingest or failed, {len(broken)} failed; {states}")
    sys.exit(bool(broken) or states["run"] not in (0, 3) or any(state for command, state in states.items() if command != "run"))


if __name__ == "__main__":
    main()
