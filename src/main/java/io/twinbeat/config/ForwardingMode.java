package io.twinbeat.config;

/** How a director hands packets to a real server (ipvsadm -g, -i, -m). */
public enum ForwardingMode {
  /** Direct routing: to the server's MAC, address and port untouched. */
  DR,
  /** IP-in-IP to the server, address and port of the inner packet untouched. */
  TUN,
  /** Address and port are rewritten; answers come back through the director. */
  NAT
}
