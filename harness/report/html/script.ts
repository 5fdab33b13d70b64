/** Filters, order, links to turns, and what to open before printing. The page is complete without it. */
export const script = `
'use strict';
const turns = [...document.querySelectorAll('details.turn')];
const buttons = [...document.querySelectorAll('button[data-filter]')];
const search = document.querySelector('input[data-search]');
const sort = document.querySelector('select[data-sort]');
const shown = document.querySelector('output[data-shown]');
const played = new Map(turns.map((turn, index) => [turn, index]));
const texts = new Map();
const textOf = (turn) => {
  if (!texts.has(turn)) texts.set(turn, turn.firstElementChild.textContent.toLowerCase());
  return texts.get(turn);
};
let wanted = 'all';
const filter = () => {
  const words = search.value.trim().toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const turn of turns) {
    const isWanted = wanted === 'all' || turn.dataset.outcome === wanted;
    turn.hidden = !(isWanted && words.every((word) => textOf(turn).includes(word)));
    if (!turn.hidden) count += 1;
  }
  shown.textContent = count === turns.length ? '' : shown.dataset.shown.replace('#', count);
};
for (const button of buttons) {
  button.addEventListener('click', () => {
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
    wanted = button.dataset.filter;
    filter();
  });
}
if (search) search.addEventListener('input', filter);
const rank = { fail: 0, 'not-judged': 1, pass: 2 };
const latency = (turn) => (turn.dataset.ms === '' ? NaN : Number(turn.dataset.ms));
const byLatency = (sign) => (a, b) => {
  const [one, other] = [latency(a), latency(b)];
  return Number.isNaN(one) - Number.isNaN(other) || (Number.isNaN(one) ? 0 : sign * (one - other));
};
const orders = {
  played: () => 0,
  slowest: byLatency(-1),
  fastest: byLatency(1),
  outcome: (a, b) => rank[a.dataset.outcome] - rank[b.dataset.outcome],
  prompt: (a, b) => a.dataset.prompt.localeCompare(b.dataset.prompt),
};
if (sort) {
  sort.addEventListener('change', () => {
    const order = orders[sort.value];
    for (const list of document.querySelectorAll('.turns')) {
      const own = turns.filter((turn) => turn.parentElement === list);
      own.sort((a, b) => order(a, b) || played.get(a) - played.get(b));
      list.append(...own);
    }
  });
}
const openAll = document.querySelector('button[data-open]');
if (openAll) {
  const title = openAll.textContent;
  openAll.addEventListener('click', () => {
    const visible = turns.filter((turn) => !turn.hidden);
    const open = visible.some((turn) => !turn.open);
    for (const turn of visible) turn.open = open;
    openAll.textContent = open ? openAll.dataset.open : title;
  });
}
for (const list of document.querySelectorAll('.turns')) {
  list.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || event.target.tagName !== 'SUMMARY') return;
    const rows = [...list.querySelectorAll('details.turn:not([hidden])')];
    const next = rows[rows.indexOf(event.target.parentElement) + step];
    if (!next) return;
    event.preventDefault();
    next.firstElementChild.focus();
  });
}
const reachable = (root) => {
  for (const box of root.querySelectorAll('.scroll')) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  }
};
for (const turn of turns) turn.addEventListener('toggle', () => { if (turn.open) reachable(turn); });
const reachableOutside = () => {
  for (const card of document.querySelectorAll('.card:not(.turns-card)')) reachable(card);
};
addEventListener('resize', reachableOutside);
reachableOutside();
const openTarget = () => {
  const turn = turns.find((one) => '#' + one.id === decodeURIComponent(location.hash));
  if (!turn) return;
  turn.hidden = false;
  turn.open = true;
  turn.scrollIntoView({ block: 'start' });
};
addEventListener('hashchange', openTarget);
openTarget();
addEventListener('beforeprint', () => {
  for (const turn of turns) if (turn.dataset.outcome === 'fail') turn.open = true;
});
`;
