// Unit tests have no sound to lose: beside a bench they give way to it, as everything does that only calculates.
const { getPriority, setPriority } = require('node:os');

const NICE = 5;
// Whoever is nicer already stays so: going back is for root only.
if (getPriority() < NICE) setPriority(NICE);
