export { convolved, roomResponse } from './room';
export { seededNormal, seededUniform } from './seeded';
