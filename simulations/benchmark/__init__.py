"""The benchmark of pacing methods: design, runs, bounds, results and report."""
