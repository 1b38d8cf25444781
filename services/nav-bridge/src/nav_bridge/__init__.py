"""nav-bridge: hands referrals to NAV, exactly once in effect, and brings receipt and outcome back."""
