-- What people and tools attach, and the sessions that need it.

-- Names that a session needs attachments. Throws where one is not there.
CREATE FUNCTION need_attachments(p_session text, p_ids text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO attachment_refs (session_id, attachment_id) SELECT DISTINCT p_session, id FROM unnest(p_ids) AS id
  ON CONFLICT DO NOTHING $$;

-- The ids in bodies of chunks, [{body}].
CREATE FUNCTION attachments_in(p_chunks jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(DISTINCT id #>> '{}'), '{}') FROM (
    SELECT jsonb_path_query(p_chunks, '$[*].body.attachmentId') AS id
    UNION SELECT jsonb_path_query(p_chunks, '$[*].body.images[*].attachmentId')) AS found $$;

-- The bodies of chunks for what is attached to a message, [{id, name}], in that order.
CREATE FUNCTION attached_bodies(p_attachments jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'attachmentId', a.id, 'name', given.value -> 'name',
      'mediaType', a.media_type, 'bytes', a.bytes)
    || CASE a.kind WHEN 'image' THEN jsonb_build_object('role', 'user', 'width', a.width, 'height', a.height)
      ELSE jsonb_build_object('pages', a.pages, 'text', a.text, 'characters', a.characters) END ORDER BY given.n), '[]')
  FROM jsonb_array_elements(p_attachments) WITH ORDINALITY AS given (value, n)
    JOIN attachments a ON a.id = given.value ->> 'id' $$;
