// The order of what the search finds: the page of a code that was asked for, pages that say how to do something, then
// explanations, then symbols.
var Scorer = {
  score: ([docname, , anchor, , score]) => {
    const asked = new URLSearchParams(location.search).get("q");
    if (docname === `refusals/${asked}` || (docname === "lint" && anchor === `#${asked}`)) return score + 100;
    if (/^(howto\/|tutorial)/.test(docname)) return score + 60;
    if (/^explanation\//.test(docname)) return score + 40;
    return /^(api\/|genindex)/.test(docname) ? score - 20 : score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
