-- Which of a camera's addresses gave the picture of a look.

alter table look add column source text check (source in ('still', 'sub-stream', 'main-stream', 'file'));
comment on column look.source is 'The address that gave the picture, or was asked first where none did; null for watched cameras and for looks of before.';
