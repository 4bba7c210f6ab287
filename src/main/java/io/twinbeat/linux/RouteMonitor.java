package io.twinbeat.linux;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Subscribes to the kernel's news about devices and addresses. {@link #drain} hands over what has
 * come in, on the caller's thread; wait for more with a {@link Poller}. News are hints: they may be
 * late or lost, so look at the truth with {@link RouteSocket} before acting.
 */
public final class RouteMonitor implements Poller.Source, AutoCloseable {
  private static final int RTMGRP_LINK = 0x1;
  private static final int RTMGRP_IPV4_IFADDR = 0x10;
  private static final int RTMGRP_IPV6_IFADDR = 0x100;
  private static final int SOCKADDR_BYTES = 12;
  private static final int QUEUE_BYTES = 4 << 20;

  /** So that a flood of news cannot hold the thread: the rest waits for the next call. */
  private static final int DATAGRAMS_MAX = 4096;

  private final NativeSocket socket;

  private RouteMonitor(NativeSocket socket) {
    this.socket = socket;
  }

  /** What has changed. */
  public interface Listener {
    /** A device is new, or something about it changed (or was told again unchanged). */
    void linkChanged(Link link);

    void linkRemoved(Link link);

    void addressAdded(InterfaceAddress address);

    void addressRemoved(InterfaceAddress address);

    /** The queue ran over and news were lost: read everything again. */
    void newsLost();
  }

  public static RouteMonitor open() throws LinuxException {
    NativeSocket socket =
        new NativeSocket(
            "the netlink subscription",
            NetlinkSocket.AF_NETLINK,
            NativeSocket.SOCK_RAW,
            RouteSocket.NETLINK_ROUTE,
            8,
            NetlinkSocket.RECEIVE_BYTES);
    try {
      socket.receiveQueue(QUEUE_BYTES);
      ByteBuffer address = socket.to().clear();
      address.putShort((short) NetlinkSocket.AF_NETLINK).putShort((short) 0).putInt(0);
      address.putInt(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
      socket.bind(SOCKADDR_BYTES);
      return new RouteMonitor(socket);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  /** Hands over what waits, without waiting for more. For one thread at a time. */
  public void drain(Listener listener) throws LinuxException {
    for (int i = 0; i < DATAGRAMS_MAX; i++) {
      int length;
      try {
        length = socket.receive();
      } catch (LinuxException e) {
        if (e.errno() != Errno.ENOBUFS) {
          throw e;
        }
        listener.newsLost();
        continue;
      }
      if (length < 0) {
        return;
      }
      if (socket.from().getInt(4) != 0) {
        continue;
      }
      ByteBuffer in = socket.in();
      for (int at = 0; NetlinkSocket.complete(in, at, length); at += NetlinkSocket.step(in, at)) {
        tell(in, at, listener);
      }
    }
  }

  private static void tell(ByteBuffer in, int at, Listener listener) {
    int type = NetlinkMessages.type(in, at);
    switch (type) {
      case NetlinkMessages.RTM_NEWLINK, NetlinkMessages.RTM_DELLINK -> {
        Optional<Link> link = NetlinkMessages.link(in, at);
        if (link.isPresent() && type == NetlinkMessages.RTM_NEWLINK) {
          listener.linkChanged(link.get());
        } else if (link.isPresent()) {
          listener.linkRemoved(link.get());
        }
      }
      case NetlinkMessages.RTM_NEWADDR, NetlinkMessages.RTM_DELADDR -> {
        Optional<InterfaceAddress> address = NetlinkMessages.address(in, at);
        if (address.isPresent() && type == NetlinkMessages.RTM_NEWADDR) {
          listener.addressAdded(address.get());
        } else if (address.isPresent()) {
          listener.addressRemoved(address.get());
        }
      }
      default -> {
        // Other news of the same groups are none of ours.
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
