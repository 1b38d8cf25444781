"""All four services' handlers in one process under a seeded scheduler, without Kafka, PostgreSQL or HTTP.

What decides is the services' own: handlers, translation, gateways, the routes of their doors, and of the chassis
what is pure (deciding, outputs, codec, decisions about calls). What carries it is in memory and mirrors the chassis'
transactions one to one: each step of a run is one transaction, one send or one answer, so that anything may happen
between any two. What it can't show is that the real SQL does the same: the tests on real Kafka and PostgreSQL do.
"""
