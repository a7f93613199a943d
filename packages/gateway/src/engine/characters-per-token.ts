/** About as many characters of English or code are one token, where nobody has counted. */
export const charactersPerToken = 4;
