export { loginAtServer, logoutOf } from '../../activities/tools/mcp/login/login.ts';
