"""Whom a title tells of, and where: "Raja Majapahit", "Pangeran Samudra", "Gubernur Bali Beratha"."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from peristiwa.entities.mention import Mention, overlaps
from peristiwa.entities.nobles import NobleWords
from peristiwa.entities.tables import Tables

REACH = 40
ONE_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+")
GIVEN = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’]+")
NUMBER = re.compile(r"\s[IVX]+")


@dataclass(frozen=True)
class Titled:
    """Looks at the mentions of one text."""

    text: str
    words: NobleWords
    titles: re.Pattern[str]
    tables: Tables
    cut: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The first words of titles of two, by the second: "Wali " by "Kota"."""

    def settle(self, mentions: Sequence[Mention]) -> list[Mention]:
        """The mentions, titles taken off places and each typed as its title tells."""
        if not self.words.sovereigns:
            return list(mentions)
        people = {self.text[mention.start : mention.end] for mention in mentions if mention.type == "PER"}
        out = [part for mention in mentions for part in self._settled(mention, people)]
        out = self._posted(out)
        return sorted([*out, *self._missed(out)])

    def _settled(self, mention: Mention, people: Container[str]) -> list[Mention]:
        mention = self._judge(self._addressed(self._uncut(mention)))
        name = self.text[mention.start : mention.end]
        if mention.type in ("LOC", "ORG") and (post := self.words.post.match(name)):  # "Camat Sukmajaya"
            return [mention._replace(start=mention.start + post.end(), type="LOC")]
        if mention.type == "LOC" and (title := self.words.noble.match(name)) and not name.startswith(tuple(self.words.places)):
            return self._untitled(mention, title, people)
        if not self._is_behind_capital(mention):
            return [mention]
        before = self.words.title_before.search(self.text, max(0, mention.start - REACH), mention.start)
        if before is None:
            return [mention]
        sovereign = before["title"] in self.words.sovereigns
        of = self.words.realm_and_person.match(name) if sovereign and name not in self.words.realm_names else None
        if of and mention.type in ("PER", "LOC") and name[of.end() :].split()[0] not in self.words.part_names:
            person = mention._replace(start=mention.start + of.end(), type="PER")  # "Kaisar" "Romawi" "Mayorianus"
            return [mention._replace(type="LOC", end=mention.start + of.end("realm")), person]
        if mention.type == "LOC":
            return self._parted(mention, name, before["title"])
        realm = name in self.words.realm_names or (NUMBER.search(name) and NUMBER.sub("", name) in self.words.realm_names)
        if mention.type == "PER" and sovereign and realm:
            return [mention._replace(type="LOC", end=mention.end - len(name) + len(NUMBER.sub("", name)))]
        return [mention]

    def _uncut(self, mention: Mention) -> Mention:
        """ "Kota Hevearita" behind "Wali": the model has cut a title; what is no known place then is a person."""
        last, _, name = self.text[mention.start : mention.end].partition(" ")
        first = self.cut.get(last)
        if mention.type not in ("LOC", "PER") or not name or first is None or not self.text.endswith(first, 0, mention.start):
            return mention
        start = mention.end - len(name)
        if mention.type == "PER":  # "Agung Chin" behind "Jaksa"
            return mention._replace(start=start)
        return mention._replace(start=start, type="LOC" if self.tables.is_place(name) else "PER")

    def _addressed(self, mention: Mention) -> Mention:
        """ "Pak Bintan", "Bu Ambon": a person, though a town has the name."""
        addressed = mention.type == "LOC" and self.words.addressed.search(self.text, max(0, mention.start - 8), mention.start)
        return mention._replace(type="PER") if addressed else mention

    def _judge(self, mention: Mention) -> Mention:
        """ "Hakim ketua Tumpanuli": one word that no table has for a body or a place is a person's name."""
        name = self.text[mention.start : mention.end]
        if mention.type not in ("LOC", "ORG") or not GIVEN.fullmatch(name):
            return mention
        if self.words.judge_before.search(self.text, max(0, mention.start - REACH), mention.start) is None:
            return mention
        return mention if self.tables.is_place(name) or self.tables.is_known(name) else mention._replace(type="PER")

    def _is_behind_capital(self, mention: Mention) -> bool:
        """Whether the word before a mention could be a title: one look spares most a search."""
        word = self.text.rfind(" ", 0, max(0, mention.start - 1)) + 1
        return self.text[word : word + 1].isupper() or "\n" in self.text[word : mention.start]

    def _untitled(self, mention: Mention, title: re.Match[str], people: Container[str]) -> list[Mention]:
        """ "Raja Kusan" without its title, a person where the text has one of that name.

        Not where something is there or comes from there ("di Raja Ampat").
        """
        if self.words.place_before.search(self.text, max(0, mention.start - REACH), mention.start):
            return [mention]
        start = mention.start + title.end()
        name = self.text[start : mention.end]
        person = (title["title"] in self.words.personal or name in people) and not self._is_realm(name)
        return [mention._replace(start=start, type="PER" if person else "LOC")]

    def _parted(self, mention: Mention, name: str, title: str) -> list[Mention]:
        """ "Jawa Tengah Mardiyanto" behind "Gubernur" as region and person; "Wellington" behind "Jenderal" as a person."""
        if title in self.words.personal and ONE_NAME.fullmatch(name) and not self._is_realm(name):
            return [mention._replace(type="PER")]
        if title not in self.words.sovereigns or self.tables.is_place(name):
            return [mention]
        words = name.split(" ")
        for count in range(len(words) - 1, 0, -1):
            head = " ".join(words[:count])
            if self.tables.is_region(head) and not set(words[count:]) & self.words.part_names:
                cut = mention.start + len(head)
                return [Mention(mention.start, cut, "LOC"), Mention(cut + 1, mention.end, "PER")]
        return [mention]

    def _is_realm(self, name: str) -> bool:
        return name in self.words.realm_names or self.tables.is_region(name)

    def _posted(self, mentions: Sequence[Mention]) -> list[Mention]:
        """ "Kapolres Kertalaya, AKBP Rudi": before another person, what stands behind a local post is a place."""
        people = {mention.start for mention in mentions if mention.type == "PER"}
        out = []
        for mention in mentions:
            if mention.type in ("PER", "ORG") and self._person_behind(mention.end) in people:
                posted = self.words.post_before.search(self.text, max(0, mention.start - REACH), mention.start)
                mention = mention._replace(type="LOC") if posted else mention
            out.append(mention)
        return out

    def _person_behind(self, end: int) -> int:
        """Where the next name would begin: behind a comma, with titles or without, or behind titles alone; -1 where none."""
        comma = 2 if self.text.startswith(", ", end) else 0
        title = self.titles.match(self.text, end + (comma or 1))
        if title:
            return title.end()
        return end + comma if comma else -1

    def _missed(self, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """The place behind a local post and the realm behind a ruler's title that the model did not see."""
        people = {mention.start for mention in mentions if mention.type == "PER"}
        for match in self.words.post_and_name.finditer(self.text):
            place = Mention(*match.span("name"), "LOC")
            if self._person_behind(place.end) in people and not any(overlaps(place, other) for other in mentions):
                yield place
        for match in self.words.ruler.finditer(self.text):
            realm = Mention(*match.span("realm"), "LOC")
            if not any(overlaps(realm, other) for other in mentions):
                yield realm
                person = Mention(*match.span("person"), "PER") if match["person"] else realm
                if not any(overlaps(person, other) for other in [*mentions, realm]):
                    yield person
