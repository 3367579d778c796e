"""The discourse network of a project: read, told, written, and its receipts."""
