package io.twinbeat.daemon;

import io.twinbeat.decision.Status;
import io.twinbeat.heartbeat.Heartbeat;
import java.io.IOException;
import java.util.Arrays;

/** Fuzz target: any bytes as the body of an authentic heartbeat. */
public final class StatusFuzz {
  private StatusFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    if (bytes.length > Heartbeat.STATUS_BYTES_MAX) {
      return; // No frame carries it.
    }
    Status status;
    try {
      status = StatusCodec.decode(bytes);
    } catch (IOException e) {
      return; // The documented refusal.
    }
    // Free text may be cut by the first encoding, and nothing may change any more after it.
    byte[] encoded = StatusCodec.encode(status);
    Status again = StatusCodec.decode(encoded);
    if (!Arrays.equals(StatusCodec.encode(again), encoded)
        || !again.groups().keySet().equals(status.groups().keySet())) {
      throw new AssertionError(status + " came back as " + again);
    }
  }
}
