from odoo.tools.translate import LazyGettext

from ..platforms.words import Words, said


def in_words(env, message):
    """What a platform says, or an error says, in the environment's language. A shop's own words stay as they are.

    :param message: a text, or an exception
    """
    if isinstance(message, Exception):
        message = said(message)
    return env._(_lazily(message)) if isinstance(message, Words) else str(message)


def _lazily(value):
    if not isinstance(value, Words):
        return value
    values = {name: _lazily(part) for name, part in value.values.items()}
    return LazyGettext(value.source, _module=value.module, **values)
