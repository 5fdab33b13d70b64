export { derivedSeed, seededNormal, seededUniform } from '../../units';
