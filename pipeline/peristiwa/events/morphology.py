"""A small morphology of Indonesian: the derived forms of a root, and the roots a form may come from.

Spelling follows the standard grammar (Sneddon et al. 2010, Indonesian: A Comprehensive Grammar, ch. 1; Tata Bahasa Baku
Bahasa Indonesia): nasal assimilation of meN- and peN- with loss of k, p, s, t, ``menge-`` before monosyllables, be-, te-, pe-
before r and before a first syllable in -er-, and the irregular ``belajar``, ``pelajar``. Loan words often keep their
first consonant (memproses, mengkritik, mensponsori), and writers differ, so a derivation may have several spellings: the
standard one comes first.

A derivation is named by its affixes, e.g. ``meN-kan``, ``di-``, ``peN-an``; ``0`` is the bare root.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Voice = Literal["active", "passive", "middle", "noun", "agent_noun", "bare"]

VOICES: dict[str, Voice] = {
    "0": "bare", "0-kan": "bare", "0-i": "bare", "per-": "bare", "per-kan": "bare", "per-i": "bare",
    "meN-": "active", "meN-kan": "active", "meN-i": "active", "N-": "active", "N-kan": "active", "N-in": "active",
    "memper-": "active", "memper-kan": "active", "memper-i": "active", "member-kan": "active",
    "di-": "passive", "di-kan": "passive", "di-i": "passive", "di-in": "passive",
    "diper-": "passive", "diper-kan": "passive", "diper-i": "passive", "diber-kan": "passive",
    "ter-": "passive", "ter-kan": "passive", "ter-i": "passive", "ke-an": "noun",
    "ber-": "middle", "ber-an": "middle", "ber-kan": "middle",
    "-an": "noun", "peN-an": "noun", "per-an": "noun", "pember-an": "noun",
    "peN-": "agent_noun", "pe-": "agent_noun", "per-X": "agent_noun",
}  # fmt: skip

VOWELS = "aeiou"
CLITICS = ("nya", "ku", "mu", "lah", "kah", "pun")


@dataclass(frozen=True, slots=True)
class Form:
    """One derived form: its spelling, its root, its affixes (a key of VOICES) and what they make of it."""

    surface: str
    root: str
    affixes: str

    @property
    def voice(self) -> Voice:
        return VOICES[self.affixes]


def is_monosyllable(word: str) -> bool:
    """True for one vowel letter (bom, cek, sah): Indonesian spells diphthongs of such roots with two, e.g. ``kaum``."""
    return sum(letter in VOWELS for letter in word) == 1


def nasals(root: str, prefix: str) -> list[str]:
    """``meN-`` or ``peN-`` (``prefix`` without its nasal, or an empty one) before ``root``: all spellings, standard first."""
    first, second = root[:1], root[1:2]
    cluster = second not in VOWELS and first not in VOWELS and root[:2] not in ("ng", "ny")
    if is_monosyllable(root):
        return [f"{prefix}nge{root}", *_assimilate(root, prefix, cluster)]
    return _assimilate(root, prefix, cluster)


def _assimilate(root: str, prefix: str, cluster: bool) -> list[str]:
    first = root[:1]
    if first in "lmnrwy":
        return [prefix + root]
    kept = {"p": "m", "t": "n", "k": "ng", "s": "n"}
    lost = {"p": "m", "t": "n", "k": "ng", "s": "ny"}
    if first in kept:
        # kh is one consonant and stays; other clusters are loans, which mostly keep theirs.
        with_loss, without = prefix + lost[first] + root[1:], prefix + kept[first] + root
        return [without] if root[:2] in ("kh", "sy") else [without, with_loss] if cluster else [with_loss, without]
    if first in "bfv":
        return [f"{prefix}m{root}"]
    if first in "cdjz":
        return [f"{prefix}n{root}"]
    return [f"{prefix}ng{root}"]


def _liquid(root: str, prefix: str) -> list[str]:
    """ber-, ter-, per- before ``root``: r is lost before r and (not with ter-) before a first syllable in -er-."""
    full, short = f"{prefix}{root}", f"{prefix[:-1]}{root}"
    if root == "ajar" and prefix != "ter":
        return [f"{prefix[:-1]}l{root}"]
    if root.startswith("r"):
        return [short, full]
    if prefix != "ter" and root[1:3] == "er" and root[3:4] not in (*VOWELS, ""):
        return [short, full]
    return [full]


def stems(root: str, affix: str) -> list[str]:
    """The prefix side of a derivation, spelt: ``stems("kirim", "meN") == ["mengirim", "mengkirim"]``."""
    match affix:
        case "meN":
            return nasals(root, "me")
        case "peN":
            return nasals(root, "pe")
        case "N":
            return [form for form in nasals(root, "") if form != root] or [f"nge{root}"]
        case "ber" | "ter" | "per":
            return _liquid(root, affix)
        case "memper" | "diper":
            return [affix[:-3] + form for form in _liquid(root, "per")]
        case "member" | "diber":
            return [affix[:-3] + form for form in _liquid(root, "ber")]
        case "pember":
            return ["pem" + form for form in _liquid(root, "ber")]
        case "di":
            # The hyphen of loans and abbreviations: "di-upgrade", "di-BAP".
            return [f"di{root}", f"di-{root}"]
        case "0" | "":
            return [root]
        case _:
            return [affix + root]


@lru_cache(maxsize=65536)
def derive(root: str, affixes: str) -> tuple[Form, ...]:
    """The spellings of one derivation, the standard one first. Raises KeyError for affixes that are not in VOICES."""
    if affixes not in VOICES:
        raise KeyError(affixes)
    root = root.lower()
    prefix, _, suffix = affixes.partition("-")
    return tuple(Form(stem + suffix.removeprefix("X"), root, affixes) for stem in stems(root, prefix))


def derivations(root: str, patterns: Iterable[str] = VOICES) -> list[Form]:
    """All forms of a root over several derivations, in their order."""
    return [form for affixes in patterns for form in derive(root, affixes)]


@lru_cache(maxsize=1 << 16)
def strip_clitics(word: str) -> tuple[str, ...]:
    """``word`` in lower case, then without reduplication and clitics, longest reading first.

    ``serangan-serangannya`` gives serangan-serangannya, serangan-serangan, serangannya, serangan; ku- and kau- are
    handed over as di-, because they make the same object voice (kuserahkan ~ diserahkan).
    """
    found: dict[str, None] = {}
    queue = [word.lower()]
    for form in queue:
        if form in found or len(form) < 2:
            continue
        found[form] = None
        queue += [form[: -len(clitic)] for clitic in CLITICS if form.endswith(clitic) and len(form) > len(clitic) + 2]
        left, hyphen, right = form.partition("-")
        if hyphen and right in (left, left + "nya"):
            queue.append(left)
        for proclitic in ("ku", "kau"):
            if form.startswith(proclitic) and len(form) > len(proclitic) + 3:
                queue.append("di" + form[len(proclitic) :])
    return tuple(found)


def analyse(word: str, roots: Iterable[str]) -> list[Form]:
    """Every reading of ``word`` as a derivation of one of ``roots`` (clitics and reduplication undone)."""
    known = {root.lower() for root in roots}
    return [
        form
        for surface in strip_clitics(word)
        for root, affixes in guesses(surface)
        if root in known
        for form in derive(root, affixes)
        if form.surface == surface
    ]


def guesses(surface: str) -> Iterator[tuple[str, str]]:
    """(root, affixes) pairs that may spell ``surface``; a superset, to be checked with ``derive``."""
    for affixes in VOICES:
        prefix, _, suffix = affixes.partition("-")
        suffix = suffix.removeprefix("X")
        if suffix and not surface.endswith(suffix):
            continue
        stem = surface[: len(surface) - len(suffix)] if suffix else surface
        seen = set()
        for root in _unprefix(stem, prefix):
            if len(root) > 1 and root not in seen:
                seen.add(root)
                yield root, affixes


def _unprefix(stem: str, prefix: str) -> Iterator[str]:
    base = {"meN": "me", "peN": "pe", "N": ""}.get(prefix)
    if base is not None and stem.startswith(base):
        rest = stem[len(base) :]
        yield rest
        for nasal, restored in (("nge", ("",)), ("ng", ("", "k")), ("ny", ("s",)), ("n", ("", "t")), ("m", ("", "p"))):
            if rest.startswith(nasal):
                yield from (letter + rest[len(nasal) :] for letter in restored)
    elif prefix in ("ber", "ter", "per", "memper", "diper", "member", "diber", "pember"):
        for left in (prefix, prefix[:-1], prefix[:-1] + "l"):
            if stem.startswith(left):
                yield stem[len(left) :]
    elif prefix == "di" and stem.startswith("di"):
        yield stem[2:]
        yield stem[2:].removeprefix("-")
    elif prefix in ("0", ""):
        yield stem
    elif stem.startswith(prefix):
        yield stem[len(prefix) :]
