"""The chassis: what every boligflyt service stands on.

A handler is a pure function from state and message to new state and outputs. One transaction moves the
position, claims the ids, and writes states and outputs. Three small runners carry the outputs out.

Guaranteed: at-least-once on the wire, exactly once in effect, order per key; nothing lost by `kill -9` of
anything at any line. Not guaranteed: order between keys, and what people entered by HTTP since a backup that
is restored without its archived WAL.
"""
