// Runs the tests that lie in Microsoft's own package, as they are, from a copy beside
// node_modules: jest passes over what is below that name.
'use strict';

module.exports = {
  rootDir: './unmodified',
  testEnvironment: 'node',
  verbose: true,
};
