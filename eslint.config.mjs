// Type-aware lint. Each ban names the place that may do what it forbids (reference: CONTRIBUTING.md).
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const clockBan = [
  { object: 'Date', property: 'now', message: 'Instants come from a Clock (harness/ports/clock.ts).' },
];
const timerBan = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
  name,
  message: 'Timers come from a Clock (harness/ports/clock.ts), so that tests can drive them.',
}));
const processBan = [
  { object: 'process', property: 'exit', message: 'Only harness/cli/ exits; throw a HilError instead.' },
  { object: 'process', property: 'env', message: 'Only harness/config/ reads the environment.' },
];

const shellBan = {
  selector: "Property[key.name='shell'][value.value!=false]",
  message: 'Programs get their arguments as an array and no shell: device names and paths would be commands.',
};

const dateBan = {
  selector: ":matches(NewExpression[arguments.length=0], CallExpression)[callee.name='Date']",
  message: 'The time of day comes from a WallClock (harness/ports/wall-clock.ts), which tests can set.',
};

export default tseslint.config(
  // The example is another project, with types of its own; scripts/try-package.mjs checks it.
  { ignores: ['dist/', 'node_modules/', 'reports/', 'coverage/', 'fixtures/example-project/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', shellBan, dateBan],
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:child_process', 'child_process'].map((name) => ({
            name,
            importNames: ['exec', 'execSync'],
            message: 'exec goes through a shell; execFile and spawn take arguments as an array.',
          })),
        },
      ],
      'no-restricted-globals': ['error', ...timerBan],
      'no-restricted-properties': ['error', ...clockBan, ...processBan],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A third of the time of all rules, for what there is next to none of here: enums and assigned classes.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['harness/cli/**/*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': ['error', ...clockBan, processBan[1]] },
  },
  {
    files: ['harness/config/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', ...clockBan, processBan[0]] },
  },
  {
    files: [
      'harness/ports/system-clock.ts',
      'harness/ports/wall-clock.ts',
      'firmware/virtual-board/board-clock.ts',
    ],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/*.e2e.ts', '**/*.long.ts', '**/*.contract.ts', '**/__fixtures__/**/*.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', shellBan],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
);
