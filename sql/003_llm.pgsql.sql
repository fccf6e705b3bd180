-- SPDX-License-Identifier: Apache-2.0
-- Schema 3 for PostgreSQL: what workers tell of the language model, and its answers.
-- One transaction; can be run by hand with psql -1 -f.
-- Figures as JSON: no patient data.
ALTER TABLE workers ADD COLUMN llm text;

-- Answers for the same facts, prompts and model.  They go with the analysis that they were made for.
CREATE TABLE llm_answers (
    key text PRIMARY KEY,
    analysis_id text NOT NULL REFERENCES analysis_results (id) ON DELETE CASCADE,
    content text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX llm_answers_analysis ON llm_answers (analysis_id);
CREATE INDEX llm_answers_age ON llm_answers (created_at);

INSERT INTO schema_version (version, applied_at)
VALUES (3, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint));
