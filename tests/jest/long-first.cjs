// Without times of an earlier run jest begins with the largest files. The longest are small ones: begin with them, so
// that no processor waits for another at the end.
const Sequencer = require('@jest/test-sequencer').default;

const isLong = ({ path }) => /[\\/]tests[\\/]simulation[\\/]/.test(path);

module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
