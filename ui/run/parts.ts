// Elements of an open run. The first view needs none of them.
import '../shell/connection-strip.ts';
import './outcome.ts';
import './overview.ts';
import './run-header.ts';
import './run-page.ts';
import './run-tabs.ts';
