"""The lemmatiser's dictionary after training: derivations of the ontology's roots and capitals come in, nothing changes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import torch

from peristiwa.ontology import load_ontology
from peristiwa.training.lemmas import derivations, extend_dictionary


def test_derivations_name_the_root_where_only_one_fits() -> None:
    found = derivations(load_ontology())
    assert found["meratifikasi"] == "ratifikasi"
    assert found["penandatanganan"] == "tandatangan" or "penandatanganan" not in found
    assert found["menyerang"] == "serang"
    assert all(word.isalpha() and word.islower() for word in found)


def test_the_dictionary_grows_and_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "lemma.pt"
    dictionary = {"*": {"menyerang": "serangan", "rumah": "rumah"}, "PROPN": {"Merah": "Merah"}}
    torch.save({"dicts": gzip.compress(json.dumps(dictionary).encode()), "dicts_version": 3, "model": {}}, path)
    gained = extend_dictionary(path)
    grown = json.loads(gzip.decompress(torch.load(path, weights_only=True)["dicts"]))
    assert grown["*"]["menyerang"] == "serangan"  # the treebanks' own choice stands
    assert grown["*"]["meratifikasi"] == "ratifikasi"
    assert (grown["*"]["Rumah"], grown["PROPN"]["Rumah"]) == ("rumah", "Rumah")
    assert gained == sum(map(len, grown.values())) - 3
    assert extend_dictionary(path) == 0
