/**
 * Whether a benchmark shall only show that it works.
 *
 * @param {readonly string[]} args
 */
export function isQuick(args) {
  const unknown = args.find((argument) => argument !== "--quick");
  if (unknown !== undefined) throw new Error(`${unknown} is not an option: there is only --quick.`);
  return args.includes("--quick");
}
