/** Colours as the report's, in both schemes; contrast of text at least 4.5 to 1. */
export const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#151922;--muted:#5a6372;--line:#e2e5ea;--lane:#f1f3f6;--link:#1f5fbf;--bar:#6f93c9;
--pass:#16723f;--pass-bg:#e3f4ea;--fail:#b81d2e;--fail-bg:#fdeaec;--open:#7a5200;--open-bg:#fdf1d7;--none:#4d5766;--none-bg:#e9ecf0;--play:#2d5fb5;--play-bg:#e4edfb;--shadow:0 1px 2px #10182814,0 1px 8px #1018280a}
@media (prefers-color-scheme:dark){:root{--bg:#0f1217;--card:#171b22;--ink:#e8ebf0;--muted:#9aa4b3;--line:#2a303a;--lane:#1e242d;--link:#83b2ff;--bar:#587bb0;
--pass:#5fd093;--pass-bg:#12301f;--fail:#ff8a94;--fail-bg:#3a1519;--open:#f1bf5b;--open-bg:#33260b;--none:#b4bdca;--none-bg:#252b35;--play:#8ab2f5;--play-bg:#182741;--shadow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;font-variant-numeric:tabular-nums}
main,.page-head{max-width:1180px;margin:0 auto;padding:0 24px}main{padding-bottom:48px}
h1,h2,h3,p{margin:0}h2{font-size:17px;font-weight:650;letter-spacing:-.01em;margin:26px 0 10px}h3{font-size:15px;font-weight:650}
a{color:var(--link)}code{font-family:ui-monospace,"SF Mono","Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
small{font-size:12px;color:var(--muted)}td small{display:block}.muted,.empty{color:var(--muted)}.nowrap,.num{white-space:nowrap}.num{text-align:right;padding-right:28px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.page-head{display:flex;align-items:center;gap:10px 20px;flex-wrap:wrap;padding-top:20px;padding-bottom:14px}
.brand{display:flex;align-items:center;gap:10px;font-weight:700;letter-spacing:-.02em;font-size:19px}.brand span:last-child{font-weight:400;color:var(--muted)}
.logo{width:22px;height:22px;border-radius:50%;background:radial-gradient(circle,var(--ink) 0 3px,transparent 3.6px 6px,var(--ink) 6.4px 7.8px,transparent 8.2px 9.6px,var(--ink) 9.8px)}
nav{margin-left:auto;display:flex;gap:18px;font-size:14px}
#orders{display:flex;flex-wrap:wrap;gap:8px 20px;font-size:13px;color:var(--muted)}#orders label{display:flex;gap:7px;align-items:center}
input{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:99px;padding:3px 12px;width:210px}
.read-only{font-size:13px}.as-of{font-size:13px;color:var(--muted);margin-top:8px}.as-of.stale{color:var(--fail);font-weight:600}
.notice{background:var(--pass-bg);color:var(--pass);border-radius:10px;padding:9px 16px;margin-bottom:12px;overflow-wrap:anywhere}.notice.bad{background:var(--fail-bg);color:var(--fail)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;margin:12px 0 4px}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:12px;box-shadow:var(--shadow)}
.tile{padding:14px 18px}.tile-name{font-size:13px;font-weight:500;color:var(--muted)}.tile .value{font-size:28px;font-weight:650;letter-spacing:-.02em;line-height:1.25}.tile .value small{font-size:15px;font-weight:400;letter-spacing:0}
.tile .note{font-size:12.5px;color:var(--muted)}.tile.open .note{color:var(--open)}.tile.bad .note{color:var(--fail)}
.card{padding:14px 22px 12px;margin-bottom:14px}.card.lost{border-color:var(--fail)}
.card-head{display:flex;align-items:center;gap:4px 16px;flex-wrap:wrap;margin-bottom:6px;min-height:30px}.card-head .muted{font-size:13px}.card-head .orders{margin-left:auto}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px;min-width:620px}
th{font-size:12px;font-weight:550;color:var(--muted);text-align:left}th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}tbody tr:last-child td{border-bottom:0}
td:first-child{width:25%}th{white-space:nowrap}th.state{width:130px}th.since{width:80px}th.last{text-align:right}td:last-child,th:last-child{padding-right:0}td .reason{overflow-wrap:anywhere;font-size:13px}
.orders{white-space:nowrap}td.orders{text-align:right;width:1%}
button{font:inherit;font-size:13px;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:99px;padding:2px 12px;cursor:pointer;margin-left:6px}button:hover{background:var(--lane)}
.pill{display:inline-block;border-radius:99px;padding:1px 9px;font-size:12.5px;font-weight:600;white-space:nowrap;background:var(--none-bg);color:var(--none)}
.pill.pass{background:var(--pass-bg);color:var(--pass)}.pill.fail,.pill.lost{background:var(--fail-bg);color:var(--fail)}
.pill.inconclusive,.pill.quarantined,.pill.draining,.pill.not-judged,.pill.gate{background:var(--open-bg);color:var(--open)}.pill.playing,.pill.pull-request{background:var(--play-bg);color:var(--play)}
.progress{min-width:220px}.progress svg{display:block;width:100%;height:8px;border-radius:99px;margin-top:7px}.progress .rest{fill:var(--none-bg)}.progress .running{fill:var(--bar);fill-opacity:.45}.progress .done{fill:var(--bar)}
@media (max-width:700px){main,.page-head{padding-left:14px;padding-right:14px}}
`;

/** Refreshes what changes, without a flicker and with the focus where it was, and keeps the token for as long as the tab is open. */
export const script = `
'use strict';
const token = document.querySelector('input[name=token]');
if (token) {
  token.value = sessionStorage.getItem('token') ?? '';
  token.addEventListener('input', () => sessionStorage.setItem('token', token.value));
}
// A notice tells of one order; a look at the page again is none.
const here = new URL(location.href);
here.searchParams.delete('did');
here.searchParams.delete('why');
here.searchParams.delete('what');
history.replaceState(null, '', here);
const refresh = async () => {
  if (document.hidden) return;
  const shown = document.getElementById('fleet');
  try {
    const answer = await fetch(location.href, { cache: 'no-store', redirect: 'error' });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('fleet');
    const { value } = document.activeElement ?? {};
    const hadFocus = shown.contains(document.activeElement);
    shown.replaceWith(next);
    if (hadFocus) [...next.querySelectorAll('button')].find((one) => one.value === value)?.focus();
  } catch {
    const status = shown.querySelector('.as-of');
    status.textContent = shown.dataset.stale;
    status.classList.add('stale');
  }
};
setInterval(refresh, 5000);
document.addEventListener('visibilitychange', refresh);
`;
