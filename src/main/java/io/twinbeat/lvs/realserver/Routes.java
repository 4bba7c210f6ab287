package io.twinbeat.lvs.realserver;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The default gateway, from the kernel's tables in /proc/net (route(8), Linux's ipv6_route). */
final class Routes {
  private static final Path V4 = Path.of("/proc/net/route");
  private static final Path V6 = Path.of("/proc/net/ipv6_route");
  private static final int RTF_UP = 0x1;
  private static final int RTF_GATEWAY = 0x2;

  private Routes() {}

  private record Default(InetAddress gateway, long metric) {}

  /** The one with the least metric; empty when there is none. */
  static Optional<InetAddress> gateway(boolean v6) throws IOException {
    List<String> table;
    try {
      table = Files.readAllLines(v6 ? V6 : V4);
    } catch (NoSuchFileException _) {
      return Optional.empty(); // A kernel without IPv6.
    }
    return v6 ? gatewayOfV6(table) : gatewayOfV4(table);
  }

  /** Lines of: device, destination, gateway, flags, references, uses, metric, mask, ... */
  static Optional<InetAddress> gatewayOfV4(List<String> table) {
    List<Default> found = new ArrayList<>();
    for (String line : table) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 8
          && words[1].equals("00000000")
          && words[7].equals("00000000")
          && isGateway(words[3])) {
        byte[] ip = HexFormat.of().parseHex(words[2]);
        // A word in the machine's order, which is little-endian wherever this runs.
        found.add(
            new Default(
                address(new byte[] {ip[3], ip[2], ip[1], ip[0]}), Long.parseLong(words[6])));
      }
    }
    return least(found);
  }

  /**
   * Lines of: destination, its length, source, its length, next hop, metric, ..., flags, device.
   */
  static Optional<InetAddress> gatewayOfV6(List<String> table) {
    List<Default> found = new ArrayList<>();
    for (String line : table) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 10
          && words[0].chars().allMatch(c -> c == '0')
          && words[1].equals("00")
          && isGateway(words[8])) {
        found.add(
            new Default(address(HexFormat.of().parseHex(words[4])), Long.parseLong(words[5], 16)));
      }
    }
    return least(found);
  }

  private static boolean isGateway(String flags) {
    int wanted = RTF_UP | RTF_GATEWAY;
    return (Integer.parseUnsignedInt(flags, 16) & wanted) == wanted;
  }

  private static Optional<InetAddress> least(List<Default> found) {
    return found.stream().min(Comparator.comparingLong(Default::metric)).map(Default::gateway);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
