export { describeException, readTraceback, type PythonException, type PythonFrame } from './python-exception';
export { RawRepl, type ExecuteOptions, type Execution, type ReplOptions } from './raw-repl';
export { uploadFile, type Upload, type UploadOutcome } from './upload';
