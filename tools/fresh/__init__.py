"""`make test-fresh`: the commands of the README, on a machine that has only Python, make and git."""
