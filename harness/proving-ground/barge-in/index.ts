export { bargeInReport, type BargeInReport } from './summary';
export { bargeInConditions, tryBargeIn, type BargeInResult } from './trials';
