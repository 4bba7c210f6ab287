package io.twinbeat.heartbeat;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The two ends of one link, IPv4 or IPv6, as numbers (no names). Links are listed in the same order
 * on both nodes: the index is part of what a frame is sealed for.
 */
public record LinkAddress(InetSocketAddress local, InetSocketAddress peer) {
  public LinkAddress {
    InetAddress ours = local.getAddress();
    InetAddress theirs = peer.getAddress();
    if (ours == null || theirs == null) {
      throw new IllegalArgumentException(
          "a link needs addresses, not names: " + local + ", " + peer);
    }
    if (ours.getClass() != theirs.getClass()) {
      throw new IllegalArgumentException(
          "both ends of a link are IPv4 or both IPv6: " + local + ", " + peer);
    }
    if (local.getPort() == 0 || peer.getPort() == 0) {
      throw new IllegalArgumentException("both ends of a link need a port: " + local + ", " + peer);
    }
  }
}
