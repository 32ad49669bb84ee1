"""`python -m nlp.training --corpus DIR [--only NAME ...]`: learn artefacts anew and write them with their manifest."""

import argparse
import hashlib
import json
from pathlib import Path

from nlp.resources import models_dir
from nlp.training.examples import (
    Bag,
    bags_of_pairs,
    bags_of_real_items,
    bags_of_stories,
    bags_of_world,
    checks_of_stories,
    read_world,
    told_in_pairs,
    told_in_stories,
    told_in_world,
)
from nlp.training.matching import learn_match
from nlp.training.rebuttal import learn_rebuttal
from nlp.training.words import learn_vectors, learn_verbs, learn_weights

_ROOT = Path(__file__).parents[2]
_TEXTS = _ROOT / "tests" / "nlp"
_WORLDS = [_ROOT / "tests" / "worlds" / world for world in ("delta", "highland", "harbour", "midland", "lagoon")]
_NAMES = ("term_weights/weights.json", "term_weights/verbs.json", "vectors/vectors.npz", "match/weights.json", "rebuttal/weights.json")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nlp.training")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=_NAMES, default=list(_NAMES))
    asked = parser.parse_args()
    for name in asked.only:
        path = models_dir() / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_learn(name, asked.corpus))
        write_manifest(models_dir())
        print(f"{name}: {path.stat().st_size} bytes")


def _learn(name: str, corpus: Path) -> bytes:
    if name == "vectors/vectors.npz":
        return learn_vectors(corpus)
    if name == "term_weights/weights.json":
        return _json(learn_weights(corpus))
    if name == "term_weights/verbs.json":
        return _json(learn_verbs(corpus))
    if name == "rebuttal/weights.json":
        return _json(
            learn_rebuttal([*told_in_pairs(_TEXTS), *told_in_stories(_TEXTS), *(told for world in _WORLDS for told in told_in_world(world))])
        )
    return _json(learn_match(_bags(corpus)))


def _bags(corpus: Path) -> list[Bag]:
    made_up = [*bags_of_pairs(_TEXTS), *bags_of_stories(_TEXTS), *(bag for world in _WORLDS for bag in bags_of_world(world))]
    checks = [*checks_of_stories(_TEXTS), *(check for world in _WORLDS for check in read_world(world)[1])]
    return [*made_up, *bags_of_real_items(corpus, checks)]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=None if isinstance(value, list) else 1, separators=(",", ":")).encode()


def write_manifest(root: Path) -> None:
    """The SHA-256 of every artefact: one that differs is not loaded."""
    entries = {name: {"sha256": hashlib.sha256((root / name).read_bytes()).hexdigest()} for name in _NAMES if (root / name).exists()}
    (root / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
