export { BullMqQueue, type BullMqQueueOptions } from './bullmq-queue';
export { redisAddressOf, type RedisAddress } from './redis-address';
export { RedisRoll, RedisVerdicts, type RedisRollOptions } from './redis-roll';
