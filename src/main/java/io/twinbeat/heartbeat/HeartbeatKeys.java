package io.twinbeat.heartbeat;

import java.util.ArrayList;
import java.util.List;

/**
 * The pair's shared secret: one key of 32 bytes, or two during a rotation. Frames are sealed with
 * the first and opened with either.
 */
public record HeartbeatKeys(List<byte[]> keys) {
  /** The length of each key in bytes. */
  public static final int KEY_BYTES = 32;

  private static final int KEYS_MAX = 2;

  public HeartbeatKeys {
    if (keys.isEmpty() || keys.size() > KEYS_MAX) {
      throw new IllegalArgumentException("1 or 2 keys are needed, not " + keys.size());
    }
    List<byte[]> copies = new ArrayList<>();
    for (byte[] key : keys) {
      if (key.length != KEY_BYTES) {
        throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes, not " + key.length);
      }
      copies.add(key.clone());
    }
    keys = List.copyOf(copies);
  }

  /** Says how many keys there are, never what they are. */
  @Override
  public String toString() {
    return keys.size() + " key(s)";
  }
}
