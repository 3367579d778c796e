"""Brings the pictures, which stand outside the pages' folder, into the site."""

from pathlib import Path

from mkdocs.structure.files import File

PICTURES = Path(__file__).parents[1] / "exports" / "screens"


def on_files(files, config):
    """Add the pictures."""
    for file in sorted(PICTURES.glob("*.svg")):
        files.append(File.generated(config, f"screens/{file.name}", abs_src_path=str(file)))
    return files


def on_page_markdown(markdown, **_):
    """Point to them."""
    return markdown.replace("](../../exports/screens/", "](screens/")
