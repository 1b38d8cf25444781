"""The pages with a street of made-up tenants, on one morning in 2019: for screenshots and for tests in a browser."""
