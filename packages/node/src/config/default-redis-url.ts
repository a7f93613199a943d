/** Where Redis is when `storage.url` does not say. */
export const defaultRedisUrl = 'redis://127.0.0.1:6379';
