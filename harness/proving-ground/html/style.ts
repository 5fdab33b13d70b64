/** The style sheet: colours for light and dark; lines differ in dashes too, for those who see no colours. */
export const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#151922;--muted:#5a6372;--line:#e2e5ea;--pass:#16723f;--pass-bg:#e3f4ea;--fail:#b81d2e;--fail-bg:#fdeaec;
--known:#1f5fbf;--unknown:#8e4cc9;--silencedetect:#b8640f;--energy:#177e72;--ideal:#7d8796;--band:#16723f1c}
@media (prefers-color-scheme:dark){:root{--bg:#0f1217;--card:#171b22;--ink:#e8ebf0;--muted:#9aa4b3;--line:#2a303a;--pass:#5fd093;--pass-bg:#12301f;--fail:#ff8a94;--fail-bg:#3a1519;
--known:#78a9ff;--unknown:#c193f5;--silencedetect:#f0a455;--energy:#57cbb9;--ideal:#8b95a5;--band:#5fd09322}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1320px;margin:0 auto;padding:28px 24px 48px}
h1{font-size:28px;letter-spacing:-.02em;line-height:1.15;margin:0}h2{font-size:17px;font-weight:650;margin:0}p{margin:0}
.lead{color:var(--muted);max-width:92ch;margin:8px 0 22px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 22px 20px;margin-bottom:16px}
.card>p{color:var(--muted);font-size:13.5px;margin:2px 0 10px;max-width:100ch}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:16px;margin-bottom:16px}.charts .card{margin:0}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin:0 0 6px;padding:0;font-size:13px}
.legend svg{width:30px;height:10px;margin-right:7px;vertical-align:middle}
.chart{display:block;width:100%;height:auto}.chart text{font-size:12px;fill:var(--muted)}
.grid{stroke:var(--line)}.bound{stroke:var(--fail);stroke-dasharray:5 4}.chart .bound-text{fill:var(--fail)}.band{fill:var(--band)}
.series path{fill:none;stroke:currentColor;stroke-width:2.2;stroke-linejoin:round}.series circle{fill:currentColor}
.known{color:var(--known)}.unknown{color:var(--unknown)}.silencedetect{color:var(--silencedetect)}.energy{color:var(--energy)}.ideal{color:var(--ideal)}
.unknown path,.babble path{stroke-dasharray:9 4}.silencedetect path{stroke-dasharray:3 3}.energy path{stroke-dasharray:11 3 2 3}.ideal path{stroke-dasharray:2 4;stroke-width:1.6}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{font-size:12px;font-weight:600;color:var(--muted);text-align:left;vertical-align:bottom}
th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);white-space:nowrap}
td.text{white-space:normal}th.num,td.num{text-align:right}tr:last-child td{border-bottom:0}
tr.group td{font-weight:650;padding-top:16px;border-bottom-color:var(--muted)}
td.num small{display:block;font-size:11.5px;line-height:1.2}td small{color:var(--muted)}.false{color:var(--fail);font-weight:600}.none{color:var(--muted)}
.pill{display:inline-block;border-radius:99px;padding:0 9px;font-size:12.5px;font-weight:600;background:var(--pass-bg);color:var(--pass)}.pill.missed{background:var(--fail-bg);color:var(--fail)}
code{font-family:ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
`;
