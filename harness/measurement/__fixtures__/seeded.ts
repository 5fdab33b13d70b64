export * from '../../proving-ground/seeded';
