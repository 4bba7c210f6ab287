package io.twinbeat.lvs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * IPv6 default routes that a router advertised. The kernel takes them out when it begins to
 * forward, but for devices whose accept_ra is 2.
 */
final class AdvertisedRoutes {
  private static final Path TABLE = Path.of("/proc/net/ipv6_route");
  private static final int WORDS = 10;
  private static final String ANYWHERE = "0".repeat(32);

  /** RTF_DEFAULT and RTF_ADDRCONF of linux/ipv6_route.h: what rt6_purge_dflt_routers looks for. */
  private static final long ADVERTISED = 0x50000;

  private AdvertisedRoutes() {}

  /** The devices that they go out on. */
  static Set<String> devices() throws IOException {
    try {
      return devices(Files.readAllLines(TABLE));
    } catch (NoSuchFileException e) {
      return new TreeSet<>(); // Without IPv6.
    }
  }

  static Set<String> devices(List<String> table) {
    Set<String> devices = new TreeSet<>();
    for (String line : table) {
      String[] words = line.strip().split(" +", -1);
      if (words.length == WORDS
          && words[0].equals(ANYWHERE)
          && words[1].equals("00")
          && (Long.parseLong(words[8], 16) & ADVERTISED) != 0) {
        devices.add(words[9]);
      }
    }
    return devices;
  }
}
