"""eligibility: assesses applications by the municipality's own guideline, records people's decisions, refers to NAV."""
