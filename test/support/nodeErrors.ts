/**
 * Jest runs tests in a realm of its own, where the errors of Node's own modules and of `fetch` are
 * no `Error`, as they are everywhere else. With this they are here as well.
 */
const NodesError = Object.getPrototypeOf(DOMException.prototype).constructor;
const isInstance = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown): boolean {
    const isOwn = isInstance.call(this as never, thrown);
    return isOwn || (this === Error && isInstance.call(NodesError, thrown));
  },
});

export {};
