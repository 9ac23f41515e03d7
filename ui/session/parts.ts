// The elements of an open session: who starts one needs none of them yet.
import '../shell/connection-strip.ts';
import './beside.ts';
import './composer.ts';
import './conversation.ts';
import './session-header.ts';
