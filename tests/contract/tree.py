"""`schemas/` as one value, so that the checks can be run on a patched copy of it too."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FAMILY = "{kommunenummer}"
ENVELOPE = "envelope.v1"


@dataclass(frozen=True)
class Tree:
    """`schemas` and `examples` by versioned name (`payment.registered.v1`); `stray`: files of no known kind."""

    municipalities: dict[str, str]
    topics: dict[str, dict[str, Any]]
    subscribers: list[dict[str, str]]
    schemas: dict[str, dict[str, Any]]
    examples: dict[str, dict[str, dict[str, Any]]]
    stray: list[str]

    @property
    def types(self) -> set[str]:
        return {name for topic in self.topics.values() for name in topic["types"]}

    def schema(self, event: str) -> dict[str, Any]:
        """The schema of a type as messages name it, without version."""
        return self.schemas[f"{event}.v1"]


def read(folder: Path = ROOT / "schemas") -> Tree:
    declared = yaml.safe_load((folder / "topics.yaml").read_text())
    schemas, stray = {}, []
    examples: dict[str, dict[str, dict[str, Any]]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        match path.relative_to(folder).parts:
            case ("README.md",) | ("topics.yaml",):
                pass
            case (name,) if name.endswith(".openapi.yaml"):
                pass  # a partner's door, not an event
            case (name,) if name.endswith(".schema.json"):
                schemas[name.removesuffix(".schema.json")] = json.loads(path.read_text())
            case ("examples", event, version, name) if name.endswith(".json"):
                examples.setdefault(f"{event}.{version}", {})[name] = json.loads(path.read_text())
            case parts:
                stray.append("/".join(parts))
    return Tree(declared["municipalities"], declared["topics"], declared["subscribers"], schemas, examples, stray)
