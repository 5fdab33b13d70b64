/** What `earshot provider-child` does, for tests that fork it from the sources. */
import { serveProvider } from '../process/serve-provider';

void serveProvider(process);
