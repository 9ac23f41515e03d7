// Elements of an open session. The first view needs none of them.
import '../shell/connection-strip.ts';
import './beside.ts';
import './composer.ts';
import './conversation.ts';
import './session-header.ts';
