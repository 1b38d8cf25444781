"""The fates of tenancies: each writes a life down and foretells what is told of it."""
