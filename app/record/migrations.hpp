// The schema, as numbered steps forward. A step that has been released is never changed; new ones go to the end.
#pragma once
#include <array>

namespace caukham::record {

inline constexpr const char* migration_1 = R"sql(
CREATE TABLE patient(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, name_folded TEXT NOT NULL,  -- " nguyen van a": a blank before each word
  birth_date TEXT NOT NULL, sex TEXT NOT NULL CHECK(sex IN ('M','F','X')),
  cccd TEXT NOT NULL, bhyt TEXT NOT NULL, phone TEXT NOT NULL, address TEXT NOT NULL,
  simulated INTEGER NOT NULL, created_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX patient_cccd ON patient(cccd);
CREATE INDEX patient_birth ON patient(birth_date);
CREATE INDEX patient_created ON patient(created_ns);
CREATE TABLE encounter(
  id TEXT PRIMARY KEY, patient_id TEXT REFERENCES patient(id),
  started_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX encounter_patient ON encounter(patient_id, started_ns);
CREATE TABLE binding(  -- every identification ever made of an encounter
  seq INTEGER PRIMARY KEY, encounter_id TEXT NOT NULL REFERENCES encounter(id),
  patient_id TEXT NOT NULL REFERENCES patient(id), actor TEXT NOT NULL, why TEXT NOT NULL, time_ns INTEGER NOT NULL);
CREATE TABLE exam(
  id TEXT PRIMARY KEY, encounter_id TEXT NOT NULL REFERENCES encounter(id), state TEXT NOT NULL, reason TEXT NOT NULL,
  opened_ns INTEGER NOT NULL, closed_ns INTEGER NOT NULL DEFAULT 0, simulated INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX exam_encounter ON exam(encounter_id, opened_ns);
CREATE INDEX exam_opened ON exam(opened_ns);
CREATE INDEX exam_unfinished ON exam(state) WHERE state IN ('draft','open');
CREATE TABLE capture(
  id TEXT PRIMARY KEY, exam_id TEXT NOT NULL REFERENCES exam(id), kind TEXT NOT NULL,
  stream TEXT NOT NULL, side TEXT NOT NULL, site TEXT NOT NULL, device_id TEXT NOT NULL, asked_by TEXT NOT NULL,
  quality TEXT NOT NULL, text TEXT NOT NULL, taken_ns INTEGER NOT NULL, simulated INTEGER NOT NULL,
  removed_ns INTEGER NOT NULL DEFAULT 0, removed_by TEXT NOT NULL DEFAULT '',
  removed_why TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX capture_exam ON capture(exam_id, taken_ns, id);
CREATE TABLE attachment(sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL, stored_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE capture_attachment(
  seq INTEGER PRIMARY KEY, capture_id TEXT NOT NULL REFERENCES capture(id),
  sha256 TEXT NOT NULL REFERENCES attachment(sha256), media_type TEXT NOT NULL, file_name TEXT NOT NULL,
  added_ns INTEGER NOT NULL);
CREATE INDEX capture_attachment_capture ON capture_attachment(capture_id);
CREATE INDEX capture_attachment_sha ON capture_attachment(sha256);
CREATE TABLE evidence(
  seq INTEGER PRIMARY KEY, exam_id TEXT NOT NULL REFERENCES exam(id), capture_id TEXT REFERENCES capture(id),
  stream TEXT NOT NULL, specialist TEXT NOT NULL, records INTEGER NOT NULL, samples INTEGER NOT NULL,
  digest TEXT NOT NULL, equal INTEGER NOT NULL, time_ns INTEGER NOT NULL);
CREATE INDEX evidence_exam ON evidence(exam_id);
CREATE TABLE gap(
  seq INTEGER PRIMARY KEY, exam_id TEXT NOT NULL REFERENCES exam(id), capture_id TEXT REFERENCES capture(id),
  stream TEXT NOT NULL, reason TEXT NOT NULL, first_sample INTEGER NOT NULL, lost INTEGER NOT NULL,
  time_ns INTEGER NOT NULL);
CREATE INDEX gap_exam ON gap(exam_id);
CREATE TABLE advice(
  id TEXT PRIMARY KEY, exam_id TEXT NOT NULL REFERENCES exam(id), author TEXT NOT NULL, finding TEXT NOT NULL,
  conclusion TEXT NOT NULL, next_step TEXT NOT NULL, given_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX advice_exam ON advice(exam_id, given_ns);
CREATE TABLE audit(
  seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  detail TEXT NOT NULL, digest TEXT NOT NULL);
CREATE INDEX audit_subject ON audit(subject, seq);
CREATE TABLE audit_head(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL, digest TEXT NOT NULL);
INSERT INTO audit_head VALUES(1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
)sql";

inline constexpr std::array<const char*, 1> migrations = {migration_1};

}  // namespace caukham::record
