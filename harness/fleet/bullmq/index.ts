export { BullMqQueue, type BullMqQueueOptions } from './bullmq-queue';
export { connectionTo, redisAddressOf, type RedisAddress } from './redis-address';
export { reachRedis, redisChoice, saysPasswordInClear, type RedisChoice } from './redis-connection';
export { RedisRoll, RedisVerdicts, type RedisRollOptions } from './redis-roll';
