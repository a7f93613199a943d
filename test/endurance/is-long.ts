/**
 * Whether these tests run in their long form: `npm run endurance`, for the better part of an hour. CI runs a short one, which finds what is
 * wrong at all, where the long one finds what is wrong once in a while.
 */
export const isLong = process.env['ENDURANCE'] === 'long';
