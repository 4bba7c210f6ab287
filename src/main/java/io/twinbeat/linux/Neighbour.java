package io.twinbeat.linux;

import java.net.InetAddress;

/** An entry of the kernel's table of neighbours (rtnetlink(7)) by which it can send. */
public record Neighbour(InetAddress ip, int ifindex, MacAddress mac) {}
