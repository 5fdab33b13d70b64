export type {
  AcousticPathConfig,
  BenchConfig,
  BoardConfig,
  Budgets,
  MockProviderConfig,
  SerialBoardConfig,
  TurnConfig,
  VirtualBoardConfig,
  VirtualRigConfig,
} from './bench-config';
