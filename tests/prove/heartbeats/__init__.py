"""What the group's coordinator may say to a heartbeat, said by a mock cluster that says what it is told to."""
