"""What the press reported, in numbers: counts by day, spikes, changes, a forecast, what was not collected, and the edition made of it. Pure."""
