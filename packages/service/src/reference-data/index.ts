export { type DirectoryKind, directoryShapes } from './directory.ts';
export * from './file.ts';
export * from './record.ts';
export { type VocabularyKind, vocabularyShapes } from './vocabulary.ts';
