"""What each action does to the state. `review.step` finds the function; these modules contain the
functions."""
