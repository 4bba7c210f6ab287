package io.twinbeat.linux;

import java.util.List;
import java.util.Optional;

/** The kernel's IPVS table of one network namespace, and its sync daemons. */
public interface Ipvs extends AutoCloseable {
  /** Empty when the kernel has no IPVS, or has not loaded it. */
  interface Opening {
    Optional<Ipvs> open() throws LinuxException;
  }

  /** What came of one change: 0 or an errno, and the kernel's sentence if it sent one. */
  record Result(IpvsChange change, int errno, String text) {
    public boolean done() {
      return errno == 0;
    }

    @Override
    public String toString() {
      return change + ": " + Errno.describe(errno) + (text.isEmpty() ? "" : ": " + text);
    }
  }

  /** Makes the changes in order, in as few sends as fit; one result for each. */
  List<Result> apply(List<IpvsChange> changes) throws LinuxException;

  /**
   * Runs through all that {@link #apply} needs, so that nothing is loaded when it counts, and
   * changes nothing.
   */
  void practise(List<IpvsChange> changes) throws LinuxException;

  /** All services, whoever made them. */
  List<IpvsService> services() throws LinuxException;

  /** The destinations of a service, in no order; none when there is no such service. */
  List<IpvsDestination.Counted> destinations(IpvsService.Key service) throws LinuxException;

  /** The sync daemons that run. */
  List<IpvsSyncDaemon> daemons() throws LinuxException;

  /** Starts one; an error if one of that role runs already. */
  void start(IpvsSyncDaemon daemon) throws LinuxException;

  /** Stops one; what a master has not sent yet is lost. */
  void stop(IpvsSyncDaemon.Role role) throws LinuxException;

  @Override
  void close();
}
