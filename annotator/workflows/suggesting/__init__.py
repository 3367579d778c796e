"""Computing suggestions ahead, in this process, in several, or on a cluster."""
