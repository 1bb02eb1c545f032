import { describe } from '@jest/globals';
import { claimsOf } from './claims.ts';

// The thousand seeds stand in two files so that two processors share them.
describe('whatever happens to the processes, alerts and actions are those of one undisturbed replay', () =>
  claimsOf(1, 500));
