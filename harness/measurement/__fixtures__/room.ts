export * from '../../proving-ground/room';
