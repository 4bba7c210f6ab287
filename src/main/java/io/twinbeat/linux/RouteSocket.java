package io.twinbeat.linux;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel about devices and addresses, and changes addresses, over rtnetlink(7) without a
 * child process: about 0.05 ms for one change, 20 ms for a thousand. Safe from any thread; calls
 * wait for each other. Needs CAP_NET_ADMIN for changes.
 */
public final class RouteSocket implements AutoCloseable {
  /** Messages in one send. */
  public static final int BATCH_MAX = NetlinkSocket.BATCH_MAX;

  static final int NETLINK_ROUTE = 0;
  private static final int ADDRESS_MESSAGE_BYTES_MAX = 96;

  private final NetlinkSocket socket;

  private RouteSocket(NetlinkSocket socket) {
    this.socket = socket;
  }

  public static RouteSocket open() throws LinuxException {
    return new RouteSocket(
        NetlinkSocket.open("the netlink route socket", NETLINK_ROUTE, ADDRESS_MESSAGE_BYTES_MAX));
  }

  /** What came of one change: 0 or an errno, and the kernel's sentence if it sent one. */
  public record Result(int errno, String text) {
    private static Result of(NetlinkSocket.Acknowledgement answer) {
      return new Result(answer.errno(), answer.text());
    }

    public boolean done() {
      return errno == 0;
    }

    /** For an error message. */
    @Override
    public String toString() {
      return Errno.describe(errno) + (text.isEmpty() ? "" : ": " + text);
    }
  }

  /** Adds addresses; one result for each, in order. {@link Errno#EEXIST}: it was there already. */
  public List<Result> add(List<InterfaceAddress> addresses) throws LinuxException {
    return change("adding addresses", addresses, NetlinkMessages::addAddress);
  }

  /** Removes addresses; one result for each. {@link Errno#EADDRNOTAVAIL}: it was not there. */
  public List<Result> delete(List<InterfaceAddress> addresses) throws LinuxException {
    return change("removing addresses", addresses, NetlinkMessages::deleteAddress);
  }

  /** Switches a device on or off. */
  public Result setUp(Link link, boolean up) throws LinuxException {
    String what = "switching " + link.name() + (up ? " on" : " off");
    NetlinkSocket.Encoder<Link> encoder =
        (out, sequence, each) -> NetlinkMessages.setUp(out, sequence, each.index(), up);
    return Result.of(socket.change(what, List.of(link), encoder).getFirst());
  }

  private List<Result> change(
      String what,
      List<InterfaceAddress> addresses,
      NetlinkSocket.Encoder<InterfaceAddress> encoder)
      throws LinuxException {
    return socket.change(what, addresses, encoder).stream().map(Result::of).toList();
  }

  /** All IPv4 and IPv6 addresses of this network namespace. */
  public List<InterfaceAddress> addresses() throws LinuxException {
    return socket.listing(
        "listing addresses",
        NetlinkMessages::listAddresses,
        NetlinkMessages.RTM_NEWADDR,
        NetlinkMessages::address);
  }

  /** All network devices of this network namespace. */
  public List<Link> links() throws LinuxException {
    return socket.listing(
        "listing network devices",
        NetlinkMessages::listLinks,
        NetlinkMessages.RTM_NEWLINK,
        NetlinkMessages::link);
  }

  /** Whom this network namespace sends to for which address, by ARP or neighbour discovery. */
  public List<Neighbour> neighbours() throws LinuxException {
    return socket.listing(
        "listing neighbours",
        NetlinkMessages::listNeighbours,
        NetlinkMessages.RTM_NEWNEIGH,
        NetlinkMessages::neighbour);
  }

  /** Who was asked for by ARP or neighbour discovery, and has not answered on some device. */
  public List<InetAddress> unresolved() throws LinuxException {
    return socket.listing(
        "listing neighbours",
        NetlinkMessages::listNeighbours,
        NetlinkMessages.RTM_NEWNEIGH,
        NetlinkMessages::unresolved);
  }

  /** One device by name; empty if there is none of that name. */
  public Optional<Link> link(String name) throws LinuxException {
    return socket.ask(
        "asking for device " + name,
        (out, sequence) -> NetlinkMessages.getLink(out, sequence, name),
        NetlinkMessages.RTM_NEWLINK,
        NetlinkMessages::link,
        Errno.ENODEV);
  }

  @Override
  public void close() {
    socket.close();
  }
}
