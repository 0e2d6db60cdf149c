"""What every addon's translations are held to."""

import re
from collections import Counter

import polib
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

PLACEHOLDER = re.compile(r"%\(\w+\)\w|%[sd%]|\{\{?\w*\}?\}")
TAG = re.compile(r"</?\w+")
UNJOINED = re.compile(r" [:;?!»](?=\s|$|<)|« ")
"""A plain space where French typography wants one that does not break the line."""


class TranslationMixin:
    """Whoever adds a text also gives it in French: in ``i18n/<addon>.pot`` and ``i18n/fr.po``."""

    module = None
    at_least = 500  # texts, so that a reader that finds none does not pass

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french = polib.pofile(file_path(f"{cls.module}/i18n/fr.po"))
        cls.template = polib.pofile(file_path(f"{cls.module}/i18n/{cls.module}.pot"))

    def test_every_text_has_its_french_and_none_is_left_over(self):
        texts = {source for _, _, _, _, source, _, _ in TranslationModuleReader(self.env.cr, [self.module])}
        self.assertGreater(len(texts), self.at_least)
        for name, catalogue in (("fr.po", self.french), (f"{self.module}.pot", self.template)):
            known = {entry.msgid for entry in catalogue if not entry.obsolete}
            self.assertEqual(sorted(texts - known), [], f"these texts are not in {name}")
            self.assertEqual(sorted(known - texts), [], f"{name} has texts that nothing uses any more")
            self.assertEqual([entry.msgid for entry in catalogue if entry.obsolete], [])

    def test_french_is_complete_and_fits_the_english(self):
        for entry in self.french:
            with self.subTest(text=entry.msgid):
                self.assertTrue(entry.msgstr.strip(), "no French")
                self.assertFalse(entry.fuzzy, "a guess that nobody has confirmed")
                for what in (PLACEHOLDER, TAG):
                    self.assertEqual(Counter(what.findall(entry.msgstr)), Counter(what.findall(entry.msgid)))
                self.assertNotRegex(entry.msgstr, UNJOINED, "use a non-breaking space")
                self.assertEqual(entry.msgstr.endswith("."), entry.msgid.endswith("."))

    def test_each_text_knows_where_it_is_used(self):
        """Odoo finds the records that a translation belongs to by these places."""
        expected = {entry.msgid: set(entry.occurrences) for entry in self.template}
        self.assertFalse([text for text, places in expected.items() if not places])
        for entry in self.french:
            self.assertEqual(set(entry.occurrences), expected[entry.msgid], entry.msgid)
