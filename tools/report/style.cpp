#include "report/style.hpp"

namespace report {

// Without '<' and '&', so that it is the same text in HTML and in XML. Texts have a contrast of 4.5
// to 1 at least, and drawings 3 to 1, in both schemes.
const char* const kStyle = R"css(
:root { color-scheme: light dark;
  --paper: #f3f5f8; --card: #ffffff; --ink: #18222f; --soft: #55606f; --rule: #dce2e9;
  --main: #2a63b8; --done: #0c7d74; --out: #c2570c; --wait: #738093; --good: #4d8a1f;
  --eval: #7a55c0; --no: #7b6a5c; --track: #e9edf2; --warn: #fff4dc; --warn-ink: #5c3f00; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #10151c; --card: #19212b; --ink: #e8edf3; --soft: #a5b1c0; --rule: #303b49;
  --main: #6ea3ee; --done: #35b8aa; --out: #f08a45; --wait: #7d8a9b; --good: #8cc45a;
  --eval: #ae8df0; --no: #a8978a; --track: #26303c; --warn: #3a2e12; --warn-ink: #ffdf9b; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 40px; }
header { margin: 0 4px 20px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h1 small { display: block; font-size: .8rem; font-weight: 600; letter-spacing: .06em;
  text-transform: uppercase; color: var(--soft); }
h2 { font-size: 1.05rem; line-height: 1.3; margin: 0 0 2px; }
p { margin: 0; }
.soft, .lead, footer, summary { color: var(--soft); font-size: .875rem; }
.lead { margin-bottom: 16px; }
header .soft { margin-top: 6px; }
.notice { margin-top: 12px; padding: 10px 14px; border-radius: 8px; font-size: .9rem;
  background: var(--warn); color: var(--warn-ink); }
.card, .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.card { padding: 18px 20px 16px; min-width: 0; }
.cards { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.tiles { display: grid; gap: 12px; margin: 0 0 16px; padding: 0; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.tile { padding: 12px 14px 11px; display: flex; flex-direction: column; }
.tile dt { font-size: .85rem; color: var(--soft); }
.tile dd { margin: 0; }
.tile .big { margin-top: auto; font-size: clamp(1.4rem, 6.4vw, 1.7rem); font-weight: 650; line-height: 1.25; white-space: nowrap; }
.tile .sub { font-size: .8rem; color: var(--soft); }
.rows { list-style: none; margin: 0; padding: 0; display: grid; gap: 14px; }
.rows li { display: grid; gap: 3px 12px; grid-template-columns: minmax(0, 1fr) auto; }
.rows .name { font-weight: 600; font-size: .95rem; }
.rows .place { color: var(--soft); font-weight: 400; }
.rows .count { font-size: .95rem; text-align: right; white-space: nowrap; }
.rows svg, .rows .more { grid-column: 1 / -1; }
.rows .more { font-size: .8rem; color: var(--soft); }
.rows.close { gap: 9px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 12px; padding: 0;
  font-size: .85rem; color: var(--soft); }
.legend.long { display: grid; margin: 14px 0 0; gap: 6px; grid-template-columns: minmax(0, 1fr); color: var(--ink); }
.legend.long li { display: grid; grid-template-columns: 20px minmax(0, 1fr) auto 3.2em; }
.legend.long span { text-align: right; }
.legend.long .name { text-align: left; }
.legend .share { color: var(--soft); }
.key { width: 12px; height: 12px; margin: 0 6px -1px 0; }
.legend.long .key { align-self: center; margin: 0; }
svg { display: block; overflow: visible; }
.legend svg { display: inline-block; }
.bar { width: 100%; height: 14px; }
.bar rect { stroke: var(--card); stroke-width: 1; }
.bar .track { fill: var(--track); stroke: none; }
figure { margin: 0; }
.plot { padding: 0 8px 0 34px; }
.columns { width: 100%; height: 204px; }
.columns text { font-size: 12px; fill: var(--soft); text-anchor: middle; }
.columns .value { text-anchor: end; }
.columns .note { fill: var(--ink); }
.grid { stroke: var(--rule); }
.axis { stroke: var(--soft); }
.main { fill: var(--main); } .done { fill: var(--done); } .out { fill: var(--out); }
.wait { fill: var(--wait); } .good { fill: var(--good); } .eval { fill: var(--eval); } .no { fill: var(--no); }
details { margin-top: 10px; }
summary { cursor: pointer; width: fit-content; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 500; min-width: 8em; }
td, thead th { overflow-wrap: normal; }
td + td, .people td { min-width: 5em; }
tbody tr:last-child th, tbody tr:last-child td { border-bottom: 0; }
.n { text-align: right; white-space: nowrap; }
td time { white-space: nowrap; }
.empty { color: var(--soft); padding: 8px 0 4px; }
footer { margin: 24px 4px 0; }
footer dl { margin: 6px 0 14px; }
footer dt { font-weight: 600; color: var(--ink); margin-top: 6px; }
footer dd { margin: 0; }
@media (max-width: 619px) { .wide { display: none; } .card { padding: 16px 14px 14px; }
  .people thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .people, .people tbody { display: block; }
  .people tr { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0 10px; padding: 8px 0;
    border-bottom: 1px solid var(--rule); }
  .people tr:last-child { border-bottom: 0; }
  .people th, .people td { border: 0; padding: 0; min-width: 0; }
  .people th { font-weight: 600; grid-area: 1 / 1 / auto / 3; }
  .people .n { grid-area: 1 / 3; }
  .people td:nth-child(3) { grid-column: 2 / -1; color: var(--soft); }
  .people .n::before { content: "score "; color: var(--soft); }
  .people td:nth-child(4) { grid-column: 1 / -1; color: var(--soft); } }
@media (min-width: 620px) { .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); } main { padding: 32px 24px 56px; }
  .wide-rows { gap: 10px; }
  .wide-rows li { grid-template-columns: minmax(0, 11rem) minmax(0, 1fr) 6.5rem;
    grid-template-rows: auto 1fr; align-items: start; }
  .wide-rows .name { grid-area: 1 / 1 / span 2; }
  .wide-rows svg { grid-area: 1 / 2; margin-top: 5px; }
  .wide-rows .count { grid-area: 1 / 3; }
  .wide-rows .more { grid-area: 2 / 2 / auto / 4; } }
@media (min-width: 900px) {
  .tiles { grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .full { grid-column: 1 / -1; }
  .wide-rows li { grid-template-columns: minmax(0, 15rem) minmax(0, 1fr) 7rem; } }
@media print {
  :root { color-scheme: light;
    --paper: #ffffff; --card: #ffffff; --ink: #000000; --soft: #333333; --rule: #bbbbbb;
    --main: #2a63b8; --done: #0c7d74; --out: #c2570c; --wait: #738093; --good: #4d8a1f;
    --eval: #7a55c0; --no: #7b6a5c; --track: #eeeeee; --warn: #ffffff; --warn-ink: #000000; }
  @page { margin: 14mm; }
  body { font-size: 10.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { padding: 0; max-width: none; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .full { grid-column: 1 / -1; }
  .notice { border: 1px solid #000000; }
  .card, .tile, tr, .rows li { break-inside: avoid; }
  .card.long { break-inside: auto; }
  h2 { break-after: avoid; }
  details { display: none; } }
)css";

}  // namespace report
