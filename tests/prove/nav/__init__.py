"""Referrals and notices to NAV through a misbehaving simulator, while the bridge and its connections are killed."""
