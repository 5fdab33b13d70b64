export { openVirtualRig } from './virtual/open-virtual-rig';
export type { AcousticPath, AcousticPaths, Room, VirtualRigOptions, WorldOptions } from './virtual/options';
