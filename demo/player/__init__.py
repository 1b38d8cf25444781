"""The demo: real input through four services on real Kafka and PostgreSQL, from one command."""
