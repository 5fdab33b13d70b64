export type { ChildExit } from './child-process';
export type { Endpoint, VirtualBoardState } from './control-client';
export {
  startVirtualBoardProcess,
  type VirtualBoardControl,
  type VirtualBoardProcess,
  type VirtualBoardProcessOptions,
  type VirtualSound,
} from './virtual-board-process';
