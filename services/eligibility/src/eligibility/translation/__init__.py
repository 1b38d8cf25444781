"""Between the domain's words and others': policy files in; a caseworker's view and a referral's content out."""
