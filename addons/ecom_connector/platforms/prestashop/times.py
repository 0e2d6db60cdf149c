"""PrestaShop writes local time without saying so: "2026-11-24 11:42:57", and zeros for none.

The zone is the shop's ``PS_TIMEZONE``. When clocks go back, an hour happens twice: ``fold`` says which one is meant.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ..values import text
from ..words import _

_FORMAT = "%Y-%m-%d %H:%M:%S"
_HOUR = timedelta(hours=1)


def zone_of(name: str, field: str = "PS_TIMEZONE") -> tzinfo:
    """The zone of a name such as ``Europe/Paris``.

    :raises ValueError: when nobody knows it
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(_("%(field)s: %(zone)s is no time zone", field=field, zone=repr(name)[:40])) from None


def utc_or_none(value: object, field: str, zone: tzinfo, fold: int = 0) -> datetime | None:
    """Aware UTC, ``None`` for empty texts and zeros.

    :raises ValueError: when it is something else
    """
    said = text(value)
    if not said or said.startswith("0000-00-00"):
        return None
    try:
        local = datetime.strptime(said if len(said) > 10 else f"{said} 00:00:00", _FORMAT)
        return local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(_("%(field)s: %(value)s is no date and time", field=field, value=repr(value)[:24])) from None


def utc(value: object, field: str, zone: tzinfo, fold: int = 0) -> datetime:
    """As :func:`utc_or_none`, but there has to be one.

    :raises ValueError: when there is none
    """
    found = utc_or_none(value, field, zone, fold)
    if found is None:
        raise ValueError(_("%(field)s: %(value)s is no date and time", field=field, value=repr(value)[:24]))
    return found


def local(moment: datetime, zone: tzinfo) -> str:
    """An aware moment as the shop writes it."""
    return moment.astimezone(zone).strftime(_FORMAT)


def local_from(moment: datetime, zone: tzinfo) -> str:
    """From where to ask for what changed since, so that nothing is missed whatever the clocks did.

    Where clocks go back within the hour, what follows has earlier local times: it is asked for from there.
    """
    moment = moment.astimezone(timezone.utc)
    here, later = (time.astimezone(zone).utcoffset() or timedelta(0) for time in (moment, moment + _HOUR))
    return local(moment - max(here - later, timedelta(0)), zone)


def fold_of(value: object, zone: tzinfo, now: datetime | None) -> int:
    """1 where a local time happened twice and the second of them is past already, else 0.

    The second is the safer one for an order that is read anew: taken for the first, its last change would seem older
    than what is known, and be dropped.
    """
    try:
        first, second = (utc_or_none(value, "", zone, fold) for fold in (0, 1))
    except ValueError:
        return 0
    # Where clocks go forward, "fold" stands for a time before and not after.
    return int(bool(first and second and first < second and now and second <= now))
