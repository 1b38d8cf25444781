"""What people meet in a browser, on one running system: each test on people and tenancies of its own."""
