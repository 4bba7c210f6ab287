package io.twinbeat.address;

import io.twinbeat.linux.Sysctl;
import java.io.IOException;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the kernel from removing a subnet's other IPv4 addresses together with its first one: after
 * a restart of the network a floating address may be the first, and its release would take the
 * node's own address away. systemd sets the same by default.
 */
final class Secondaries {
  private static final Logger log = LoggerFactory.getLogger(Secondaries.class);

  private Secondaries() {}

  static void keep(String device, Collection<FloatingAddress> addresses) {
    if (addresses.stream().allMatch(FloatingAddress::v6)) {
      return;
    }
    String setting = "net/ipv4/conf/" + device + "/promote_secondaries";
    try {
      boolean all = is1("net/ipv4/conf/all/promote_secondaries");
      if (!all && !is1(setting)) {
        Sysctl.write(setting, "1");
        log.info("set {}, so that a released address takes no other with it", setting);
      }
    } catch (IOException e) {
      log.warn("can't set {}: releasing an address may remove others: {}", setting, e.toString());
    }
  }

  private static boolean is1(String setting) throws IOException {
    return Sysctl.read(setting).orElse("0").equals("1");
  }
}
