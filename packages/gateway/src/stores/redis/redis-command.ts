/**
 * Asks Redis one thing, by the name of a command and its values. It answers as RESP 2 does: a text, a number, null, or a list of these.
 *
 * @throws {Error} When Redis can not be reached, does not answer in time, or refuses.
 */
export type RedisCommand = (name: string, ...values: readonly (string | number)[]) => Promise<unknown>;
