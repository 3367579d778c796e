"""The family of merging strategies: what several annotators' work says by itself, before anybody reviews it.

A member's module has a `title`, `complete` (whether what it does not keep is thereby decided against), and

    kept(candidates: Sequence[Candidate], voters: Sequence[str], *, option: str) -> list[Candidate]

the candidates that stand without review; `option` is what follows a colon in the strategy's name, as in
`annotator:ada`, else empty. A strategy prefills: unless it is complete, what it does not keep waits for the
reviewer. It never makes up a candidate that nobody drew.

A member may have `learn(corpus) -> object`, from every document's candidates and voters; `kept` then takes that
as `learnt`, and `posteriors(candidates, voters, learnt)` tells how sure it is of each span's label. It may
have `applies(voters, *, option) -> bool`: a document of which that is false is left as it is.
"""

from __future__ import annotations
