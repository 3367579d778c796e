"""Headings, text and tables, written as Markdown or LaTeX."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in TeX."""

    tex: str


Cell = str | Math


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a caption; the first `left` columns are text, the others numbers."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    left: int = 1


Block = Heading | TextBlock | Grid


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown; the first heading is the title."""
    out: list[str] = []
    for i, block in enumerate(blocks):
        if isinstance(block, Heading):
            out += [f"{'#' if i == 0 else '##'} {_md(block.text)}", ""]
        elif isinstance(block, TextBlock):
            out += [_md(block.text), ""]
        else:
            out += [_md(block.caption), "", _md_row(block.header)]
            out.append(
                "|"
                + "|".join("---" if j < block.left else "---:" for j in range(len(block.header)))
                + "|"
            )
            out += [*(_md_row(row) for row in block.rows), ""]
    return "\n".join(out).rstrip() + "\n"


def _md_row(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(_md_cell(cell) for cell in cells) + " |"


def _md_cell(cell: Cell) -> str:
    return f"${_without_bars(cell.tex)}$" if isinstance(cell, Math) else _md(cell)


def _md(text: str) -> str:
    """Text with Markdown's special characters escaped."""
    escaped = re.sub(r"([\\`*_|<>\[\]])", r"\\\1", text)
    return " ".join(escaped.split())


def _without_bars(tex: str) -> str:
    """A formula without the character that separates the columns of a table."""
    return tex.replace("|", r"\vert ")


_TEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "−": "$-$",
    "α": r"$\alpha$",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


_MINUS = re.compile(r"(?<![\w-])-(?=\.?\d)")
"""The sign of a number. Beside the dash of an interval, a hyphen would make it a longer dash."""


def _tex(text: str) -> str:
    signed = _MINUS.sub("−", text)
    return " ".join("".join(_TEX.get(char, char) for char in signed).split())


def latex(blocks: Sequence[Block]) -> str:
    """The blocks as a part of a LaTeX document, whose first line says which
    packages it needs."""
    out = [
        "% \\usepackage{array,booktabs,longtable,pdflscape}",
        "% XeLaTeX or LuaLaTeX for all scripts",
        "",
    ]
    for block in blocks:
        if isinstance(block, Heading):
            out += [f"\\subsection*{{{_tex(block.text)}}}", ""]
        elif isinstance(block, TextBlock):
            out += [_tex(block.text), ""]
        else:
            out += _tex_grid(block)
    return "\n".join(out).rstrip() + "\n"


def _tex_grid(grid: Grid) -> list[str]:
    """A table. One with formulas is printed in landscape and in small type, since it needs the
    room."""
    formulas = {i for row in grid.rows for i, cell in enumerate(row) if isinstance(cell, Math)}
    size = r"\scriptsize\setlength{\tabcolsep}{3pt}" if formulas else r"\small"
    body = [" & ".join(_tex_cell(cell) for cell in row) + r" \\" for row in grid.rows]
    return [
        *([r"\begin{landscape}"] if formulas else []),
        rf"\begingroup{size}",
        rf"\begin{{longtable}}{{{_tex_columns(grid, formulas)}}}",
        rf"\caption{{{_tex(grid.caption)}}} \\",
        r"\toprule",
        " & ".join(_tex(name) for name in grid.header) + r" \\",
        r"\midrule",
        r"\endhead",
        *body,
        r"\bottomrule",
        r"\end{longtable}",
        r"\endgroup",
        *([r"\end{landscape}"] if formulas else []),
        "",
    ]


def _tex_columns(grid: Grid, formulas: Collection[int]) -> str:
    """The specification of the columns: wide ones for formulas, text to the left, figures to the
    right."""
    wide = r">{\raggedright\arraybackslash}p{0.28\linewidth}"
    plain = "l" * grid.left + "r" * (len(grid.header) - grid.left)
    return "".join(wide if i in formulas else one for i, one in enumerate(plain))


def _tex_cell(cell: Cell) -> str:
    return f"${_without_bars(cell.tex)}$" if isinstance(cell, Math) else _tex(cell)


__all__ = ["Block", "Cell", "Grid", "Heading", "Math", "TextBlock", "latex", "markdown"]
