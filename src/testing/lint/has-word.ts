/** Whether a word stands in a name, after its first one. */
export function hasWord(name: string, word: string): boolean {
  return name.toLowerCase().split("_").includes(word, 1);
}
