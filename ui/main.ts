import '../client/without-eval.ts';
import './app.ts';
