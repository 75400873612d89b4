"""Pasted group text (接龙) read into pledges. Plain Python: no Django, no database; it proposes, people confirm.

`read_line` reads one line, `read_text` a whole paste with its relays, quotes and chat. Nothing here saves anything.
"""

from orders.relay.lines import read_line
from orders.relay.model import Action, Context, Entry, Reading
from orders.relay.pastes import read_text

__all__ = ["Action", "Context", "Entry", "Reading", "read_line", "read_text"]
