/** How many colours faces have; the style sheet says which. */
export const hues = 6;

/** Two letters in place of a picture, of the words with a letter in them if there are any: whole characters as people see them. */
export function initialsOf(name: string): string {
  let words = name.split(/[\s\-_.@]+/).filter(word => word);
  const lettered = words.filter(word => /\p{L}/u.test(word));
  if (lettered.length) words = lettered;
  const letters = words.length > 1 ? [...words[0]!].slice(0, 1).concat([...words.at(-1)!].slice(0, 1)) : [...words[0] ?? "?"].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** The same for a name every time. */
export function hueOf(name: string): number {
  return [...name].reduce((hash, character) => (hash * 31 + character.codePointAt(0)!) >>> 0, 17) % hues;
}
