package io.twinbeat.heartbeat;

import org.jgroups.util.ByteArrayDataInputStream;

/** Fuzz target: any bytes as a message for JGroups, out of a frame that the peer has sealed. */
public final class GroupFuzz {
  private GroupFuzz() {}

  /** Loads JGroups, so that the first input does not have to wait for it. */
  public static void fuzzerInitialize() {
    fuzzerTestOneInput(new byte[Short.BYTES]);
  }

  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length > Seal.BODY_BYTES_MAX) {
      return; // No frame carries it.
    }
    try {
      String _ = LinkTransport.read(new ByteArrayDataInputStream(bytes)).toString();
    } catch (Exception e) {
      // LinkTransport refuses the message, whatever went wrong; errors of the JVM end the process.
    }
  }
}
