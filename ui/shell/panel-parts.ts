// Elements used in panels. The first view needs none of them.
import '../inbox/inbox.ts';
import '../parts/confirm.ts';
import '../parts/dialog.ts';
import '../run/definition.ts';
import '../run/rerun-script.ts';
import '../run/rerun.ts';
import '../session/session-trace.ts';
import '../session/subagents.ts';
import '../start/new-session.ts';
import './help.ts';
import './palette.ts';
