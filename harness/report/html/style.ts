/** The style sheet: one set of colours per scheme, contrast of text at least 4.5 to 1 in both. */
export const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#151922;--muted:#5a6372;--line:#e2e5ea;--lane:#f1f3f6;--link:#1f5fbf;
--pass:#16723f;--pass-bg:#e3f4ea;--fail:#b81d2e;--fail-bg:#fdeaec;--open:#7a5200;--open-bg:#fdf1d7;--none:#4d5766;--none-bg:#e9ecf0;
--uplink:#3f77d6;--endpointing:#e2a33b;--ttfa:#8e5cc9;--lead-in:#c86a9c;--downlink:#2a9d8c;--speech:#9db4d3;--bar:#6f93c9;--ecdf:#b5502b;--baseline:#5b4a9e;--uplink-ink:#2d5fb5;--downlink-ink:#1c7468;--shadow:0 1px 2px #10182814,0 1px 8px #1018280a}
@media (prefers-color-scheme:dark){:root{--bg:#0f1217;--card:#171b22;--ink:#e8ebf0;--muted:#9aa4b3;--line:#2a303a;--lane:#1e242d;--link:#83b2ff;
--pass:#5fd093;--pass-bg:#12301f;--fail:#ff8a94;--fail-bg:#3a1519;--open:#f1bf5b;--open-bg:#33260b;--none:#b4bdca;--none-bg:#252b35;
--uplink:#6a9cf0;--endpointing:#e5b155;--ttfa:#b088e6;--lead-in:#e08fba;--downlink:#4fbcab;--speech:#4d668a;--bar:#587bb0;--ecdf:#ee9a73;--baseline:#b5a6f2;--uplink-ink:#8ab2f5;--downlink-ink:#6fcfc0;--shadow:none}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;font-variant-numeric:tabular-nums}
main,.page-head,footer{max-width:1180px;margin:0 auto;padding:0 24px}
h1,h2,h3,h4,p{margin:0}
h2{font-size:17px;font-weight:650;letter-spacing:-.01em}
h4{font-size:12px;font-weight:600;color:var(--muted);margin-bottom:6px}
a{color:var(--link)}
code,pre{font-family:ui-monospace,"SF Mono","Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
small{font-size:12px;color:var(--muted);font-weight:400}
.muted{color:var(--muted)}.bad{color:var(--fail)}.nowrap{white-space:nowrap}.empty{color:var(--muted)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.brand{display:flex;align-items:center;gap:10px;padding:20px 0 14px;font-weight:700;letter-spacing:-.02em;font-size:17px}
.brand .muted{font-weight:400;font-size:13px;margin-left:auto;letter-spacing:0}
.logo{width:22px;height:22px;border-radius:50%;background:radial-gradient(circle,var(--ink) 0 3px,transparent 3.6px 6px,var(--ink) 6.4px 7.8px,transparent 8.2px 9.6px,var(--ink) 9.8px)}
.hero{border-radius:14px;padding:22px 26px;background:var(--none-bg);border:1px solid var(--line)}
.hero.pass{background:var(--pass-bg)}.hero.fail{background:var(--fail-bg)}.hero.inconclusive,.hero.not-judged{background:var(--open-bg)}
.badge{display:flex;align-items:center;gap:12px;color:var(--none)}
.pass .badge{color:var(--pass)}.fail .badge{color:var(--fail)}.inconclusive .badge,.not-judged .badge{color:var(--open)}
.badge h1{font-size:30px;letter-spacing:-.02em;line-height:1.1}
.sign{width:34px;height:34px;border-radius:50%;display:grid;place-items:center;background:var(--none);color:var(--card);font-size:18px;font-weight:700}
.pass .sign{background:var(--pass)}.fail .sign{background:var(--fail)}.inconclusive .sign,.not-judged .sign{background:var(--open)}
.exit{font-size:13px;border:1px solid currentColor;border-radius:99px;padding:1px 10px;margin-left:auto}
.why{margin-top:10px;font-size:16px;max-width:95ch}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px 24px;margin:20px 2px 6px}
.fact dt{font-size:12px;color:var(--muted)}.fact dd{margin:1px 0 0;font-weight:550;overflow-wrap:anywhere}.fact small{display:block}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px;margin:20px 0}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:12px;box-shadow:var(--shadow)}
.tile{padding:14px 18px}.tile h3{font-size:13px;font-weight:500;color:var(--muted)}
.tile .value{font-size:28px;font-weight:650;letter-spacing:-.02em;line-height:1.25}.tile .value small{font-size:15px;letter-spacing:0}
.tile .note{font-size:12.5px;color:var(--muted)}.tile.fail .value{color:var(--fail)}.tile.open .note{color:var(--open)}
.card{padding:18px 22px 20px;margin-bottom:16px}
.card-head{display:flex;align-items:baseline;gap:4px 18px;flex-wrap:wrap;margin-bottom:10px}.card-head .muted{font-size:13px}
.scroll{overflow-x:auto}
.chart{display:block;width:100%;height:auto;min-width:640px}
.chart text{font-size:12px;fill:var(--ink)}.chart .tick,.chart .lane-sub{fill:var(--muted);font-size:11.5px}.chart .small{font-size:9.5px}.chart .axis{fill:var(--muted)}
.grid{stroke:var(--line)}.base{stroke:var(--muted)}
.bar{fill:var(--bar)}.bar.censored,.part.none{fill:url(#hatch);stroke:var(--fail);stroke-opacity:.45}
.survey-line{fill:none;stroke:var(--uplink);stroke-width:2}.survey-line.latency{stroke:var(--ttfa)}.survey-dot{fill:var(--uplink)}.survey-bound{stroke:var(--uplink);stroke-opacity:.35;stroke-width:6;stroke-linecap:round}.survey-turn{fill:var(--ttfa);fill-opacity:.6}
.ecdf{fill:none;stroke:var(--ecdf);stroke-width:1.8}.ecdf.baseline{stroke:var(--baseline);stroke-dasharray:6 3}
.box rect{fill:var(--card);fill-opacity:.6;stroke-width:1.5}.box path{fill:none;stroke-width:1.5}.box .median{stroke-width:2.5}.box.candidate rect,.box.candidate path{stroke:var(--ecdf)}.box.baseline rect,.box.baseline path{stroke:var(--baseline)}
.swatch{display:inline-block;width:16px;height:0;margin-right:7px;vertical-align:middle;border-top:2.5px solid}.swatch.bar{height:10px;border:0;background:var(--bar)}.swatch.ecdf{border-color:var(--ecdf)}.swatch.ecdf.baseline{border-top-style:dashed;border-color:var(--baseline)}
.series path{fill:none;stroke-width:1.8}.series.internal path,.swatch.internal{stroke:var(--uplink);border-color:var(--uplink)}.series.internal circle{fill:var(--uplink)}.series.least path,.swatch.least{stroke:var(--uplink);stroke-dasharray:3 3;border-color:var(--uplink);border-top-style:dotted}.series.least circle{fill:none}.series.psram path,.swatch.psram{stroke:var(--downlink);border-color:var(--downlink)}.series.psram circle{fill:var(--downlink)}.heap .tick.left{fill:var(--uplink-ink)}.heap .tick.right{fill:var(--downlink-ink)}.spark{display:block;width:240px;height:44px}.spark path{fill:none;stroke:var(--ecdf);stroke-width:1.6}.soak .pill{margin-right:4px}.boot-line path{stroke:var(--muted);stroke-dasharray:2 3}.swatch.boot-line{border-top-style:dotted;border-color:var(--muted)}.chart .share{fill:var(--ecdf)}
.chart .line text{paint-order:stroke;stroke:var(--card);stroke-width:3px}.line line{stroke:var(--ink);stroke-opacity:.75}.line.budget line{stroke:var(--fail);stroke-dasharray:5 4;stroke-opacity:1}.chart .line.budget text{fill:var(--fail)}
.part.uplink{fill:var(--uplink);background:var(--uplink)}.part.endpointing{fill:var(--endpointing);background:var(--endpointing)}
.part.ttfa{fill:var(--ttfa);background:var(--ttfa)}.part.replyLeadIn{fill:var(--lead-in);background:var(--lead-in)}.part.downlink{fill:var(--downlink);background:var(--downlink)}
i.part{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:7px}
i.part.none{background:repeating-linear-gradient(45deg,var(--fail) 0 1px,transparent 1px 4px);border:1px solid var(--fail)}
.hit{fill:transparent}a:hover .hit,a:focus-visible .hit{fill:var(--lane)}
.mark.pass{fill:var(--pass)}.mark.fail{fill:var(--fail)}.mark.not-judged{fill:none;stroke:var(--open);stroke-width:1.5}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:0;padding:0;font-size:13px}
.bar-strip{display:block;width:100%;height:10px;border-radius:3px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-size:12px;font-weight:550;color:var(--muted);text-align:left}
th,td{padding:7px 12px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child td{border-bottom:0}
td small{display:block}.num{text-align:right;white-space:nowrap}
.hops{color:var(--muted);font-size:12.5px}.pairs.call+.pairs.call{border-top:1px solid var(--line);margin-top:8px;padding-top:8px}
.compact td{padding:3px 6px 3px 0;white-space:nowrap}.quality{margin-top:10px;max-width:340px;font-size:13.5px;font-variant-numeric:tabular-nums}.quality td:first-child{color:var(--muted)}
.pill,.origin{display:inline-block;border-radius:99px;padding:1px 9px;font-size:12.5px;font-weight:600;white-space:nowrap;background:var(--none-bg);color:var(--none)}
.pill.pass{background:var(--pass-bg);color:var(--pass)}.pill.fail,.origin.board{background:var(--fail-bg);color:var(--fail)}
.pill.inconclusive,.origin.bench,.origin.provider{background:var(--open-bg);color:var(--open)}
.findings{list-style:none;margin:0;padding:0;display:grid;gap:12px}
.finding{padding-left:14px;border-left:3px solid var(--none)}.finding.board{border-color:var(--fail)}.finding.bench,.finding.provider{border-color:var(--open)}
.finding-head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center;font-size:13px}
.frames{margin:6px 0 0;font-size:12.5px;overflow-x:auto;white-space:pre}.further{margin-top:14px}
.finding p{margin-top:3px;overflow-wrap:anywhere}.remedy{color:var(--muted);font-size:14px}
.toolbar{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:12px;align-items:center}.field{display:flex;align-items:center;gap:6px;font-size:13px;color:var(--muted)}.field input,.field select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:99px;padding:3px 11px}.field input{width:170px}.field input::placeholder{color:var(--muted);opacity:1}.toolbar output{font-size:13px}
.skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:8px;background:var(--card);padding:6px 12px;border-radius:8px;z-index:1}
button{font:inherit;font-size:13.5px;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:99px;padding:3px 13px;cursor:pointer}
button:hover{background:var(--lane)}button[aria-pressed=true]{background:var(--ink);color:var(--card);border-color:var(--ink)}button b{font-weight:600;opacity:.75}
.quiet{margin-left:auto}
.turns{overflow-x:auto}
.turn-row{display:grid;grid-template-columns:16px 62px minmax(150px,2.2fr) minmax(90px,1fr) minmax(110px,1.2fr) 130px minmax(90px,1.3fr) 96px;gap:12px;align-items:center;padding:7px 8px;min-width:860px}
.text-turns .turn-row{grid-template-columns:16px 62px minmax(150px,2fr) minmax(150px,2.4fr) 150px minmax(90px,1.3fr) 96px}
.turn-titles{font-size:12px;color:var(--muted)}
.turn{border-top:1px solid var(--line);scroll-margin-top:12px}.turn:not([open]){content-visibility:auto;contain-intrinsic-size:auto 44px}
.turn summary{cursor:pointer;list-style:none;border-radius:6px}.turn summary::-webkit-details-marker{display:none}.turn summary:hover{background:var(--lane)}
.turn.fail .id{color:var(--fail);font-weight:650}
.turn-row span{min-width:0;overflow-wrap:anywhere}
.chevron{width:7px;height:7px;border:solid var(--muted);border-width:0 1.6px 1.6px 0;transform:rotate(-45deg);margin-left:3px}
[open]>summary .chevron{transform:rotate(45deg)}
.detail{padding:12px 8px 22px 32px;display:grid;gap:20px;min-width:0}
.columns{display:grid;grid-template-columns:minmax(264px,max-content) minmax(240px,1fr) minmax(240px,1.1fr);gap:22px 32px}
.columns>*{min-width:0}.logs{grid-template-columns:1fr 1fr}
.pairs{display:grid;grid-template-columns:max-content 1fr;gap:4px 14px;margin:0;font-size:14px}.pairs dt{color:var(--muted)}.pairs dd{margin:0}
.players{display:flex;flex-wrap:wrap;gap:14px 28px}.players figure{margin:0}.players figcaption{font-size:13px;color:var(--muted);margin-bottom:4px}.players audio{height:36px;width:340px;max-width:100%}
pre{margin:0;background:var(--lane);border-radius:8px;padding:10px 12px;max-height:280px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.55}pre span{display:block}pre b{font-weight:400;color:var(--muted)}bdi,.prompt,.turn code,.finding p{unicode-bidi:isolate}
.lane{fill:var(--lane)}.lane-title{font-weight:600}.span{stroke:none;fill-opacity:.9}.span.speech{fill:var(--speech);fill-opacity:.35}
.span.endpointing{fill:var(--endpointing)}.span.ttfa{fill:var(--ttfa)}.span.lead-in{fill:var(--lead-in);fill-opacity:.55}.chart text.in.endpointing{fill:#1a1200}.chart text.in.ttfa{fill:#fff}
@media (prefers-color-scheme:dark){.chart text.in.ttfa{fill:#160a26}}
.chart .missing{fill:var(--fail);font-weight:550}.wave{fill:none;stroke:var(--uplink);stroke-opacity:.8;stroke-width:1.5;vector-effect:non-scaling-stroke}
.link{stroke-width:2}.link.uplink{stroke:var(--uplink)}.link.downlink{stroke:var(--downlink)}
.dot circle{fill:var(--card);stroke:var(--ink);stroke-width:2}.total path{fill:none;stroke:var(--ink);stroke-width:1.2}.chart .total text{font-weight:650}
.chart .dot text{font-weight:550;paint-order:stroke;stroke:var(--lane);stroke-width:3px}
.mark-strip.lost,i.strip.lost{fill:var(--fail);background:var(--fail)}.mark-strip.concealed,i.strip.concealed{fill:var(--endpointing);background:var(--endpointing)}.mark-strip.gap,.mark-strip.repeat,.mark-strip.skip,i.strip.gap{fill:var(--ttfa);background:var(--ttfa)}
i.strip{display:inline-block;width:14px;height:7px;margin-right:6px}.network{margin-top:14px}.network .quality{margin-top:0;max-width:none}.network .quality td{white-space:normal}.network .legend{margin-top:6px;font-size:12.5px}
.timeline .grid{stroke-opacity:.7}.mark-at rect{fill:var(--ink);fill-opacity:.16}.mark-at path{stroke:var(--ink);stroke-opacity:.55}.log-ticks{stroke:var(--muted);stroke-width:1;fill:none}
@media (prefers-color-scheme:dark){.spectrogram{filter:invert(.92) hue-rotate(180deg)}}
.definitions{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:14px 30px;margin:0}.definitions dt{font-weight:600}.definitions dd{margin:2px 0 0;color:var(--muted);font-size:14px}
footer{padding:6px 24px 40px;color:var(--muted);font-size:13px}
@media (max-width:900px){.columns,.logs{grid-template-columns:1fr}main,.page-head,footer{padding-left:14px;padding-right:14px}.detail{padding-left:8px}}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#151922;--muted:#4a5260;--line:#d5d9df;--lane:#f1f3f6;--link:#1f5fbf;--pass:#16723f;--pass-bg:#e3f4ea;--fail:#b81d2e;--fail-bg:#fdeaec;--open:#7a5200;--open-bg:#fdf1d7;--none:#4d5766;--none-bg:#e9ecf0;--uplink:#3f77d6;--endpointing:#e2a33b;--ttfa:#8e5cc9;--lead-in:#c86a9c;--downlink:#2a9d8c;--speech:#9db4d3;--bar:#6f93c9;--ecdf:#b5502b;--baseline:#5b4a9e;--uplink-ink:#2d5fb5;--downlink-ink:#1c7468;--shadow:none}.spectrogram{filter:none}.chart text.in.ttfa{fill:#fff}.scroll,.turns{overflow:visible}.turn-row{min-width:0}.turn:not([open]){content-visibility:visible}.skip,.quiet{display:none}body{background:#fff;font-size:11px}.toolbar,.players,.chevron{display:none}.tile,.card,.hero{box-shadow:none;break-inside:avoid}.turns-card{break-inside:auto}.turn{break-inside:avoid}pre{max-height:none}*{print-color-adjust:exact}}
`;
