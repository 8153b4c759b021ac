/** What the caller has got wrong, said in one line: exit 2. */
export class Misuse extends Error {}
