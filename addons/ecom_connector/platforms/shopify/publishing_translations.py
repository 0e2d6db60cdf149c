"""Names and descriptions in the other languages that a shop is published in.

A translation names what it translates by a digest of it, so that one of an older text is known for it: two calls for
each fifty products, one for the digests and one for the texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import TextsDocument
from ..errors import PlatformError
from ..publishing import Refusal
from ..values import rows as listed
from ..values import text
from .client import nodes
from .operations import Batch, query
from .publishing_calls import Calls, first_refusal, of_call
from .publishing_job import Job
from .publishing_setup import Setup

_AT_ONCE = 50

_CONTENT = query(
    """
query TranslatableContent($ids: [ID!]!, $first: Int!) {
  translatableResourcesByIds(resourceIds: $ids, first: $first) {
    nodes { resourceId translatableContent { key digest } }
  }
}
""",
    cost=30,
)
_REGISTER = Batch(
    "mutation",
    "translationsRegister",
    {"resourceId": "ID!", "translations": "[TranslationInput!]!"},
    "{ userErrors { field message code } }",
    repeatable=True,
)


def tell(calls: Calls, setup: Setup, jobs: Sequence[Job]) -> None:
    """Tell the texts of these products, as far as the shop knows their languages."""
    wanted = [
        (job, texts)
        for job in jobs
        if "translations" in job.change.fields and (texts := by_locale(job.change.document.translations, setup.locales))
    ]
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        try:
            ids = [job.gid for job, _texts in some]
            data = calls.client.query(_CONTENT, {"ids": ids, "first": len(ids)})
        except PlatformError as error:
            for job, _texts in some:
                job.refuse(of_call(error))
            continue
        content = {text(row.get("resourceId")): _digests(row) for row in nodes(data.get("translatableResourcesByIds"))}
        _register(calls, [(job, _inputs(texts, content.get(job.gid, {}))) for job, texts in some])


def by_locale(translations: Sequence[TextsDocument], locales: Sequence[str]) -> dict[str, TextsDocument]:
    """The texts by the shop's name of their language: ``fr-FR`` before ``fr`` for ``fr_FR``."""
    found: dict[str, TextsDocument] = {}
    for texts in translations:
        whole = texts.language.split("@")[0].replace("_", "-")
        locale = next((name for name in (whole, whole.split("-")[0]) if name in locales), "")
        if locale:
            found.setdefault(locale, texts)
    return found


def _digests(row: Mapping[str, Any]) -> dict[str, str]:
    found = listed(row, "translatableContent")
    return {text(content.get("key")): text(content.get("digest")) for content in found if content.get("digest")}


def _inputs(texts: Mapping[str, TextsDocument], digests: Mapping[str, str]) -> list[dict[str, str]]:
    """An empty text is not translated: the shop shows its own."""
    return [
        {"locale": locale, "key": key, "value": value, "translatableContentDigest": digests[key]}
        for locale, document in texts.items()
        for key, value in (("title", document.name), ("body_html", document.description))
        if value and key in digests
    ]


def _register(calls: Calls, told: Sequence[tuple[Job, list[dict[str, str]]]]) -> None:
    told = [(job, inputs) for job, inputs in told if inputs]
    rows = [{"resourceId": job.gid, "translations": inputs} for job, inputs in told]
    for (job, _texts), outcome in zip(told, calls.run(_REGISTER, rows, lambda _row: 12), strict=True):
        if isinstance(outcome, PlatformError):
            job.refuse(of_call(outcome))
        elif error := first_refusal(outcome):
            job.refuse(Refusal(error.code, error.message, error.retry, field="translations"))
