package io.twinbeat.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine's own kernel can do for nodes in namespaces. */
final class HostKernel {
  private HostKernel() {}

  /** Whether each namespace has an IPVS of its own; loads the module where there is one. */
  static boolean hasIpvs() {
    Path table = Path.of("/proc/net/ip_vs");
    if (!Files.exists(table)) {
      Shell.run("modprobe", "-q", "ip_vs"); // where there is no modprobe there is no module
    }
    return Files.exists(table);
  }
}
