/** Filters, links to turns, and what to open before printing. The page is complete without it. */
export const script = `
'use strict';
const turns = [...document.querySelectorAll('details.turn')];
const buttons = [...document.querySelectorAll('button[data-filter]')];
for (const button of buttons) {
  button.addEventListener('click', () => {
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
    const wanted = button.dataset.filter;
    for (const turn of turns) turn.hidden = wanted !== 'all' && turn.dataset.outcome !== wanted;
  });
}
const openAll = document.querySelector('button[data-open]');
if (openAll) {
  openAll.addEventListener('click', () => {
    const shown = turns.filter((turn) => !turn.hidden);
    const open = shown.some((turn) => !turn.open);
    for (const turn of shown) turn.open = open;
    openAll.textContent = open ? 'Close all' : 'Open all';
  });
}
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
