"""Issues: what waits for a person."""

from . import issue, issue_desk
