/** The account that everything here belongs to: the one of AWS's own examples. */
export const accountId = '123456789012';
