package io.twinbeat.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * An upstream of nginx's, and the file that Twinbeat writes for it ({@code twinbeat upstreams}).
 */
public record UpstreamConfig(String name, Path file, List<Server> servers) {
  static final Path FOLDER = Path.of("/etc/nginx/conf.d");

  public UpstreamConfig {
    servers = List.copyOf(servers);
  }

  /** One server of it. */
  public record Server(String name, InetAddress ip, int port) {}
}
