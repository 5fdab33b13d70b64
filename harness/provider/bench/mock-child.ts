/** The mock in a process of its own, as `earshot provider-child` starts it. */
import { serveProvider } from '../process/serve-provider';

void serveProvider(process);
