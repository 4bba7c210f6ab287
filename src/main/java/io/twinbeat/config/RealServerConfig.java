package io.twinbeat.config;

import java.net.InetAddress;

/**
 * A server behind a virtual service. {@code port} is 0 where the packet's own port is kept
 * (firewall marks, port 0 services); a threshold of 0 is none.
 */
public record RealServerConfig(
    String name,
    InetAddress ip,
    int port,
    int weight,
    ForwardingMode mode,
    int upperThreshold,
    int lowerThreshold) {
  public static final int WEIGHT = 1;
}
