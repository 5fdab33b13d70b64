export type { FaultRow, RowResult } from './fault-row';
export { faultMatrix } from './matrix';
export { runMatrix, type MatrixOptions } from './run-matrix';
export { tableMarkdown, tableText } from './table';
export { reliabilityPage } from './page';
export { isTestRow, testResults, testsOf, type JestReport } from './test-rows';
