"""Messages: the outbox, from which shops are told what happened here."""

from . import channel_commands, command, command_feed, command_note
