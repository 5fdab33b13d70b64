export type {
  AcousticPathConfig,
  AlsaRigConfig,
  BenchConfig,
  BoardConfig,
  BudgetBounds,
  Budgets,
  BudgetSection,
  CardRigConfig,
  LiveProviderConfig,
  MeasureBounds,
  MockProviderConfig,
  ProviderConfig,
  PluginProviderConfig,
  ProxyProviderConfig,
  PulseRigConfig,
  RigConfig,
  SerialBoardConfig,
  TurnConfig,
  VirtualBoardConfig,
  VirtualRigConfig,
} from './bench-config';
export { buildEnvironment, loadRecipes, type BuildRecipe } from './build-recipes';
export { deepFreeze } from './deep-freeze';
export { duration, parseDuration } from './duration';
export {
  childEnvironment,
  readEnvironment,
  readVariable,
  setEnvironment,
  type Environment,
} from './environment';
export { fleetSettings, type FleetSettings } from './fleet-settings';
export { readKeyFile } from './key-file';
export { liveClientSettings, liveSettings, liveVariables, type LiveSettings } from './live-settings';
export { loadBench, type BenchOverrides } from './load-bench';
export { loadBudgets } from './load-budgets';
export { loadScenario } from './load-scenario';
export { leasesPath } from './leases-path';
export { didYouMean, nearest } from './nearest';
export { packageRoot } from './package-root';
export { keepSecretsOf } from './secret-names';
export { statePath } from './state-path';
export { readYamlFile } from './yaml-file';
