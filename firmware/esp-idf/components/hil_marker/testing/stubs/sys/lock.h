#pragma once
typedef struct { int held; } _lock_t;
void _lock_acquire(_lock_t *lock);
void _lock_release(_lock_t *lock);
