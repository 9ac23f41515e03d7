// The elements of an open run: who starts one needs none of them yet.
import '../shell/connection-strip.ts';
import './outcome.ts';
import './overview.ts';
import './run-header.ts';
import './run-page.ts';
import './run-tabs.ts';
