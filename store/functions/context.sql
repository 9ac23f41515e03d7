-- Epochs change how a session's transcript is sent. None is changed or removed once it is written.

-- Writes an epoch {id, kind, turn, step, summary, reason, failed, predicted, usage} and tells viewers of it, with the chunks
-- that say so. The caller holds the stream's lock. The same id again changes nothing.
CREATE FUNCTION write_epoch(p_session text, p_stream text, p_turn integer, p_step integer, p_epoch jsonb, p_from bigint, p_to bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_epoch integer;
BEGIN
  INSERT INTO context_epochs (session_id, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step, predicted, usage)
  SELECT p_session, (SELECT coalesce(max(epoch), 0) + 1 FROM context_epochs WHERE session_id = p_session), p_epoch ->> 'id',
    p_epoch ->> 'kind', (p_epoch ->> 'turn')::integer, (p_epoch ->> 'step')::integer, p_epoch ->> 'summary', p_epoch ->> 'reason',
    p_epoch ->> 'failed', p_turn, p_step, p_epoch -> 'predicted', nullif(p_epoch -> 'usage', 'null')
  RETURNING epoch INTO v_epoch;
  PERFORM append_event(p_stream, CASE WHEN p_epoch ->> 'failed' IS NULL THEN 'compacted' ELSE 'compaction.failed' END,
    jsonb_build_object('turn', p_turn, 'step', p_step, 'epoch', v_epoch, 'kind', p_epoch ->> 'kind', 'chunks', '[]'::jsonb),
    p_from, p_to, NULL);
END $$;

-- What the sealing of an operation does to the context.
-- p_context: {epoch}: a compaction has made it. {stamps, reported}: a request was answered, and has the stamps of these epochs.
CREATE FUNCTION seal_context(p_session text, p_stream text, p_op operations, p_context jsonb, p_from bigint, p_to bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_context ? 'epoch' THEN
    PERFORM write_epoch(p_session, p_stream, p_op.turn, p_op.step, p_context -> 'epoch', p_from, p_to);
  END IF;
  UPDATE context_epochs SET stamped_by = p_op.key, reported = nullif(p_context -> 'reported', 'null')
    WHERE session_id = p_session AND stamped_by IS NULL AND p_context -> 'stamps' @> to_jsonb(id);
END $$;

-- Writes an epoch in the middle of an attempt. Returns false, and writes nothing, if another attempt has the fence.
CREATE FUNCTION add_epoch(p_session text, p_key text, p_fence integer, p_epoch jsonb, p_chunks jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_seqs record;
BEGIN
  SELECT * INTO v_op FROM operations WHERE key = p_key AND fence = p_fence AND state = 'open';
  IF NOT FOUND THEN RETURN false; END IF;
  IF EXISTS (SELECT FROM context_epochs WHERE session_id = p_session AND id = p_epoch ->> 'id') THEN RETURN true; END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, v_op.turn, v_op.step, p_chunks);
  PERFORM write_epoch(p_session, v_stream, v_op.turn, v_op.step, p_epoch, v_seqs.from_seq, v_seqs.to_seq);
  RETURN true;
END $$;
