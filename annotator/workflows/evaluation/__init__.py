"""How good suggestions are: on documents that were held out, and along a stream of coded ones."""
