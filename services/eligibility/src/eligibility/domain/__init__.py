"""Guidelines, assessments and cases: pure rules, standard library only."""
