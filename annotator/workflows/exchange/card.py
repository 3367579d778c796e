"""The data card of a gold data set: its manifest for people."""

from __future__ import annotations

from typing import Any

from annotator.model.text import plural
from annotator.workflows.agreement.lines import number


def _undecided(manifest: dict[str, Any]) -> str:
    """What was left out, and what changed since."""
    left = manifest["left_out_differences"]
    parts = [
        f"Differences not decided: {left['in_documents_left_out']} in those documents, {left['in_gold']} in gold."
    ]
    if manifest["changed_since"]:
        several = plural(len(manifest["changed_since"]), "document")
        parts.append(
            f"Coders changed their work on {several} after it was gold; `meta.gold.changed_since` says how."
        )
    return " ".join(parts)


def card(manifest: dict[str, Any]) -> str:
    """The data card: the manifest for people."""
    schema = manifest["schema"]
    lines = [
        "# Data card", "",
        f"{manifest['documents']} documents coded by the label schema `{schema['name']}` {schema['version']}, made "
        f"with annotator {manifest['tool']['version']}; last decision {manifest['last_decision'] or 'unknown'}. "
        f"Licence: {manifest['license'] or 'not stated (`license` in annotator.toml)'}.", "",
        "| file | records | sha256 |", "|---|---|---|",
        *(
            f"| `{name}` | {about.get('records', '')} | `{about['sha256']}` |"
            for name, about in manifest["files"].items()
        ), "",
        f"Split: by document, {', '.join(f'{n} % {part}' for part, n in manifest['split']['percent'].items())}; "
        f"{manifest['split']['by']}; seed `{manifest['split']['seed']}`.", "",
        f"Where items come from: {', '.join(f'{n} {name}' for name, n in manifest['sources'].items()) or 'none'}. "
        f"Documents worked on but not gold, left out: {manifest['left_out']}. {_undecided(manifest)}", "",
        f"Annotators: {', '.join(manifest['annotators']) or 'not in this project'}. `meta.gold` of a record says who "
        "made which item; `annotators.jsonl` has everybody's finished work as it is.", "",
        "## Labels", "",
    ]  # fmt: skip
    for layer, labels in schema["labels"].items():
        lines += [f"### {layer}", ""]
        lines += [
            f"- {label} ({manifest['labels'].get(layer, {}).get(label, 0)}): {text}"
            for label, text in labels.items()
        ]
        lines.append("")
    if manifest["agreement"]:
        lines += ["## Agreement before adjudication", "", "| layer | measure | value | 95 % interval | n |"]
        lines.append("|---|---|---|---|---|")
        for r in manifest["agreement"]:
            interval = "" if r["low"] is None else f"{number(r['low'])} – {number(r['high'])}"
            lines.append(f"| {r['layer']} | {r['name']} | {number(r['value'])} | {interval} | {r['n']} |")
        lines.append("")
    return "\n".join(lines)


__all__ = ["card"]
