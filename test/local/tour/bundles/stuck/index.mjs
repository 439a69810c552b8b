/** A rotator that never ends. */
export const handler = () => new Promise(() => {});
