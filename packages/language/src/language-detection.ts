export type Language = 'en' | 'zh';

const han = /\p{Script=Han}/gu;
const word = /\p{Script=Latin}[\p{Script=Latin}\p{M}'’-]*/gu;

/**
 * The language a text is mainly in. A Chinese character weighs as much as a Latin word, so a Chinese sentence that
 * names products, APIs or error codes in English stays Chinese. A text with neither is English.
 */
export const detectLanguage = (text: string): Language => {
  const characters = text.match(han)?.length ?? 0;
  if (characters === 0) return 'en';
  const words = text.match(word)?.length ?? 0;
  return characters >= words ? 'zh' : 'en';
};
