// Sphinx takes a word that is part of a name for a better match than the word itself in a page: `lease` in `release`.
// Not const: the search has declared it before it reads this.
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 1,
  objPrio: { 0: 1, 1: 1, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 2,
  term: 8,
  partialTerm: 1,
};
