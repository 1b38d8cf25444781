"""Messages to people, as the simulation plays them: many worlds by chance, and one escalation killed at each step."""
