/**
 * What happened, on disk. {@link io.twinbeat.journal.Journal} keeps every decision and its
 * evidence, one JSON line each; {@link io.twinbeat.journal.StateFile} keeps the few facts that must
 * survive a crash (terms, incarnation).
 *
 * <p>A journal is two files in one directory, {@code events.jsonl} and the one before it, {@code
 * events.1.jsonl}. A line reads
 *
 * <pre>
 * {"n":12,"at":"2026-11-23T03:11:06.123Z","kind":"decision","rule":"…","sentence":"…","evidence":{"…":"…"},"crc":"1a2b3c4d"}
 * </pre>
 *
 * where {@code crc} is the CRC-32C, as eight hexadecimal digits, of all bytes before {@code
 * ,"crc":}. Numbers rise by one, so a damaged or lost record shows as a hole in them.
 */
package io.twinbeat.journal;
