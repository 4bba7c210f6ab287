package io.twinbeat.resource;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;

/** What {@link NginxNamespaceIT} runs as a process of its own inside a network namespace. */
final class InNamespace {
  private InNamespace() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "probe" -> probe(args[1], Integer.parseInt(args[2]));
      case "prepare" -> prepare(Path.of(args[1]), args[2], args[3]);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void probe(String address, int port) {
    ProbeSettings how = ProbeSettings.Http.of(port, "/healthz");
    ServiceProbe.warmUp(how);
    System.out.println(
        ServiceProbe.look(InetAddress.ofLiteral(address), how, Duration.ofMillis(500)));
  }

  /** Prepares a hot nginx that listens on an address which may not be here. */
  private static void prepare(Path dir, String listen, String checked) throws Exception {
    int colon = listen.lastIndexOf(':');
    int port = Integer.parseInt(listen.substring(colon + 1));
    NginxSite site = new NginxSite(dir, listen.substring(0, colon), port);
    site.writeConfig("listen " + checked + ";");
    NginxResource nginx = site.resource(true, checked);
    nginx.prepare();
    nginx.readiness().forEach(System.out::println);
  }
}
