/**
 * English words that say little by themselves: articles, pronouns, prepositions, auxiliaries, and the small change of
 * conversation. Recognisers drop and exchange them most, and any two calls share runs of them.
 */
const lightWords: ReadonlySet<string> = new Set(
  `a an the and or but nor so if as of at by for from in into on onto to up with without about over under out off than
  then that this these those there here it its i me my we us our you your he him his she her they them their what which
  who whom how when where why is am are was were be been being do does did done have has had having will would shall
  should can could may might must not no all any some many much more most other another such only even still just also
  very really well now right okay ok yes yeah please good thank thanks like know think see say said get got go going let
  make made back one kind lot bit thing things way`.split(/\s+/u),
);

export const isLightWord = (word: string): boolean => lightWords.has(word);
