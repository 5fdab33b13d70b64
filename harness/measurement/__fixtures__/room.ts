export * from '../../audio/room-response';
