package io.twinbeat.linux;

import java.util.Arrays;
import java.util.Optional;

/** One of the kernel's two threads that tell the other director of connections, or listen. */
public record IpvsSyncDaemon(Role role, String device, int syncId) {
  /** With the kernel's IP_VS_STATE_ numbers. */
  public enum Role {
    MASTER(1),
    BACKUP(2);

    final int number;

    Role(int number) {
      this.number = number;
    }

    static Optional<Role> of(int number) {
      return Arrays.stream(values()).filter(role -> role.number == number).findFirst();
    }
  }
}
