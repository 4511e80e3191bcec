/** Applies decorators to a method by calling them, which is what their syntax compiles to. */
export function decorate<Name extends string>(
  { prototype }: { readonly prototype: { [name in Name]: unknown } },
  name: Name,
  ...decorators: readonly MethodDecorator[]
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  for (const decorator of decorators) decorator(prototype, name, descriptor);
}

/** Turns a parameter decorator into a method decorator for the parameter at this index. */
export function parameter(index: number, decorator: ParameterDecorator): MethodDecorator {
  return (prototype, name) => decorator(prototype, name, index);
}
