package io.twinbeat.config;

/**
 * The journal's bound: {@code files} files of at most {@code size} bytes; the oldest goes first.
 */
public record JournalConfig(long size, int files) {
  public static final long SIZE = 8L << 20;
  public static final int FILES = 8;
}
