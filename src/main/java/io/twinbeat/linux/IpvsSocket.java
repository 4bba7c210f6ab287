package io.twinbeat.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes the kernel's IPVS table of this network namespace over generic netlink, without
 * a child process. Safe from any thread; calls wait for each other. Needs CAP_NET_ADMIN.
 */
public final class IpvsSocket implements Ipvs {
  private static final String FAMILY = "IPVS";
  private static final int NETLINK_GENERIC = 16;
  private static final int MESSAGE_BYTES_MAX = 256;

  /** No firewall rule of ours, and no file, has this mark. */
  private static final IpvsService.Key NOBODYS = new IpvsService.Key.Mark(Integer.MAX_VALUE, false);

  private final NetlinkSocket socket;
  private final int family;

  private IpvsSocket(NetlinkSocket socket, int family) {
    this.socket = socket;
    this.family = family;
  }

  /**
   * Empty when this kernel has no IPVS, or has not loaded it: the question makes the kernel try
   * itself.
   */
  public static Optional<Ipvs> open() throws LinuxException {
    NetlinkSocket socket =
        NetlinkSocket.open("the netlink socket for IPVS", NETLINK_GENERIC, MESSAGE_BYTES_MAX);
    try {
      Optional<Integer> family =
          socket.ask(
              "asking for IPVS",
              (out, sequence) -> IpvsMessages.getFamily(out, sequence, FAMILY),
              IpvsMessages.GENL_ID_CTRL,
              IpvsMessages::familyId,
              Errno.ENOENT);
      if (family.isPresent()) {
        return Optional.of(new IpvsSocket(socket, family.get()));
      }
    } catch (LinuxException | RuntimeException e) {
      socket.close();
      throw e;
    }
    socket.close();
    return Optional.empty();
  }

  @Override
  public List<Result> apply(List<IpvsChange> changes) throws LinuxException {
    List<NetlinkSocket.Acknowledgement> answers =
        socket.change(
            "changing the IPVS table",
            changes,
            (out, sequence, change) -> IpvsMessages.change(out, family, sequence, change));
    List<Result> results = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      results.add(new Result(changes.get(i), answers.get(i).errno(), answers.get(i).text()));
    }
    return results;
  }

  /** All is encoded, and what is sent names a service that nobody has. */
  @Override
  public void practise(List<IpvsChange> changes) throws LinuxException {
    ByteBuffer scratch = ByteBuffer.allocate(MESSAGE_BYTES_MAX).order(ByteOrder.nativeOrder());
    for (IpvsChange change : changes) {
      IpvsMessages.change(scratch.clear(), family, 0, change);
    }
    List<Result> _ = apply(List.of(new IpvsChange.RemoveService(NOBODYS)));
  }

  @Override
  public List<IpvsService> services() throws LinuxException {
    return socket.listing(
        "listing the IPVS services",
        (out, sequence) -> IpvsMessages.listServices(out, family, sequence),
        family,
        IpvsMessages::service);
  }

  @Override
  public List<IpvsDestination.Counted> destinations(IpvsService.Key service) throws LinuxException {
    return socket.listing(
        "listing the IPVS destinations of " + service,
        (out, sequence) -> IpvsMessages.listDestinations(out, family, sequence, service),
        family,
        IpvsMessages::destination);
  }

  @Override
  public List<IpvsSyncDaemon> daemons() throws LinuxException {
    return socket.listing(
        "listing the IPVS sync daemons",
        (out, sequence) -> IpvsMessages.listDaemons(out, family, sequence),
        family,
        IpvsMessages::daemon);
  }

  @Override
  public void start(IpvsSyncDaemon daemon) throws LinuxException {
    single(
        "starting the IPVS sync daemon (" + daemon.role() + " on " + daemon.device() + ")",
        (out, sequence, each) -> IpvsMessages.startDaemon(out, family, sequence, each),
        daemon);
  }

  @Override
  public void stop(IpvsSyncDaemon.Role role) throws LinuxException {
    single(
        "stopping the IPVS sync daemon (" + role + ")",
        (out, sequence, each) -> IpvsMessages.stopDaemon(out, family, sequence, each),
        role);
  }

  private <T> void single(String what, NetlinkSocket.Encoder<T> encoder, T change)
      throws LinuxException {
    NetlinkSocket.Acknowledgement answer = socket.change(what, List.of(change), encoder).getFirst();
    if (answer.errno() != 0) {
      throw new LinuxException(what, answer.errno(), answer.text());
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
