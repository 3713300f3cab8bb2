-- When somebody was last here, and until when the visit before this one lasted.
ALTER TABLE editors ADD COLUMN seen_at TIMESTAMP;
ALTER TABLE editors ADD COLUMN last_visit_at TIMESTAMP;
