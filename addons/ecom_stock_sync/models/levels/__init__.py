"""What each offer is to show: the change log, the lane that computes, and the push to the shops."""
