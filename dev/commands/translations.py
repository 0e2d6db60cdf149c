"""The translation files of every addon, brought up to date with the texts of the code and the views."""

from __future__ import annotations

from pathlib import Path

import polib

from dev import postgres
from dev.databases import Databases, addon_names, glue_names
from dev.paths import ADDONS
from dev.say import say

SCRATCH = "ecom_translations"


def main(_arguments: list[str]) -> int:
    """Write each addon's template and merge it into its translations; 1 while a text is not translated."""
    with postgres.running() as connection:
        databases = Databases(connection)
        databases.copy(databases.glue_template(), SCRATCH)
        try:
            databases.write_terms(SCRATCH)
        finally:
            databases.drop(SCRATCH)
    missing = 0
    for addon in [*addon_names(), *glue_names()]:
        folder = ADDONS / addon / "i18n"
        template = polib.pofile(str(folder / f"{addon}.pot"), wrapwidth=0)
        for file in sorted(folder.glob("*.po")):
            missing += _merge(template, file)
    return 1 if missing else 0


def _merge(template: polib.POFile, file: Path) -> int:
    """Give a translation the template's texts, in its order; keep what is translated, drop what nothing uses."""
    former = polib.pofile(str(file), wrapwidth=0)
    translated = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in former}
    merged = polib.POFile(wrapwidth=0)
    merged.header, merged.metadata = former.header, former.metadata
    for entry in template:
        merged.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgstr=translated.get((entry.msgctxt, entry.msgid), ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    merged.save(str(file))
    missing = merged.untranslated_entries()
    say(f"{file.relative_to(ADDONS)}: {len(merged)} texts, {len(missing)} not translated")
    for entry in missing:
        say(f"  {entry.msgid!r}")
    return len(missing)
