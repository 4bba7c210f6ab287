package io.twinbeat.lab;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** The texts of the built-in site: its one file, nginx's, and those of the BMC simulator. */
final class SiteFiles {
  /** Where each node finds the lab's fence hook. */
  static final String HOOK = "/etc/twinbeat/fence-lab";

  /** Takes two minutes: some 40 lines a second. */
  static final String LARGE = "/large";

  static final String LARGE_FILE = "/etc/nginx/large";
  static final String LARGE_TEXT = "line of a slow download\n".repeat(6000);

  /** Whole: no sensors, one power switch. */
  static final String BMC_EMULATION =
      """
      mc_setbmc 0x20
      mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02
      sel_enable 0x20 1000 0x0a
      mc_enable 0x20
      """;

  private SiteFiles() {}

  /** The site of the README: the pair web with both heartbeat links on LANs of their own. */
  static String builtIn(LabOptions.Fence fence) {
    return """
    # The built-in site of the lab.
    pair: web
    nodes:
      lb1:
        links: [192.168.76.1, 192.168.77.1]
        fence: %s
      lb2:
        links: [192.168.76.2, 192.168.77.2]
        fence: %s
    heartbeat: { interval: 200ms, deadtime: 1s, initdead: 10s, key-file: /etc/twinbeat/key }
    reference-points: [10.10.10.1]
    groups:
      site:
        prefer: lb1
        resources:
          - nginx: { check: http://127.0.0.1/healthz }
          - address: { ip: 10.10.10.100/24, dev: eth0 }
    """
        .formatted(device(fence, 1), device(fence, 2));
  }

  private static String device(LabOptions.Fence fence, int node) {
    return switch (fence) {
      // Without the cipher ipmitool tries suites for 10 s; a simulated chassis needs no wait.
      case IPMI ->
          ("{ agent: fence_ipmilan, ip: 10.10.20.1%d, lanplus: 1, cipher: 3, power-wait: 0, "
                  + "username: ha, password-file: /etc/twinbeat/bmc }")
              .formatted(node);
      case HOOK -> "{ hook: " + HOOK + " }";
    };
  }

  static String nginx() {
    return nginx(Set.of(80), Optional.empty());
  }

  /** Says who it is; with an upstream, who of it answered, and in a header through whom. */
  static String nginx(Set<Integer> ports, Optional<String> upstream) {
    StringBuilder listens = new StringBuilder();
    for (int port : ports) {
      listens.append(
          "    listen %d default_server;%n    listen [::]:%d default_server;%n"
              .formatted(port, port));
    }
    return """
    user www-data;
    worker_processes 1;
    pid /run/nginx.pid;
    error_log /var/log/nginx/error.log;
    events { worker_connections 4096; }
    http {
      access_log off;
    %s  server {
    %s    default_type text/plain;
        location = / { %s }
        location = /healthz { return 200 "ok\n"; }
        location = %s { alias %s; limit_rate 1000; }
      }
    }
    """
        .formatted(
            upstream.isPresent() ? "  include /etc/nginx/conf.d/*.conf;\n" : "",
            listens,
            upstream
                .map(name ->
                    "proxy_pass http://%s; proxy_connect_timeout 300ms; proxy_next_upstream_tries 2; add_header Via $hostname;"
                        .formatted(name))
                .orElse("return 200 \"$hostname\\n\";"),
            LARGE,
            LARGE_FILE);
  }

  static String bmcLan(String node, SitePlan.Bmc bmc, String chassis, String password) {
    return """
    name "%s"
    set_working_mc 0x20
      startlan 1
        addr %s %d
        priv_limit admin
        allowed_auths_admin none md2 md5 straight
        guid a123456789abcdefa123456789abcdef
      endlan
      chassis_control "%s"
      user 2 true "%s" "%s" admin 10 none md2 md5 straight
    """
        .formatted(node, bmc.address(), bmc.port(), chassis, bmc.user(), password);
  }

  /** As many random bytes, in hexadecimal digits. */
  static String random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
