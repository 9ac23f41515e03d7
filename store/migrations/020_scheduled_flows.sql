-- What the schedule of a project starts, for workers that do not have its folder. Kept and removed with the file.
CREATE TABLE scheduled_flows (
  project text NOT NULL,
  flow text NOT NULL,
  origin text NOT NULL,
  file text NOT NULL,
  source text NOT NULL,
  definition jsonb NOT NULL,
  workspace text NOT NULL,
  PRIMARY KEY (project, flow)
);
