package io.twinbeat.linux;

import static io.twinbeat.linux.NetlinkMessages.HEADER_BYTES;
import static io.twinbeat.linux.NetlinkMessages.NLM_F_ACK;
import static io.twinbeat.linux.NetlinkMessages.NLM_F_DUMP;
import static io.twinbeat.linux.NetlinkMessages.NLM_F_REQUEST;
import static io.twinbeat.linux.NetlinkMessages.attribute;
import static io.twinbeat.linux.NetlinkMessages.bytes;
import static io.twinbeat.linux.NetlinkMessages.end;
import static io.twinbeat.linux.NetlinkMessages.find;
import static io.twinbeat.linux.NetlinkMessages.string;

import io.twinbeat.linux.IpvsDestination.Connections;
import io.twinbeat.linux.IpvsDestination.Counted;
import io.twinbeat.linux.IpvsDestination.Method;
import io.twinbeat.linux.IpvsSyncDaemon.Role;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Bytes of generic netlink messages for IPVS (linux/ip_vs.h), by the rules of its neighbours. */
final class IpvsMessages {
  /** The family that tells the numbers of the others. */
  static final int GENL_ID_CTRL = 16;

  private static final int CTRL_CMD_GETFAMILY = 3;
  private static final int CTRL_ATTR_FAMILY_ID = 1;
  private static final int CTRL_ATTR_FAMILY_NAME = 2;
  private static final int GENL_HEADER_BYTES = 4;
  private static final int VERSION = 1;

  private static final int NEW_SERVICE = 1;
  private static final int SET_SERVICE = 2;
  private static final int DEL_SERVICE = 3;
  private static final int GET_SERVICE = 4;
  private static final int NEW_DEST = 5;
  private static final int SET_DEST = 6;
  private static final int DEL_DEST = 7;
  private static final int GET_DEST = 8;
  private static final int NEW_DAEMON = 9;
  private static final int DEL_DAEMON = 10;
  private static final int GET_DAEMON = 11;

  private static final int ATTR_SERVICE = 1;
  private static final int ATTR_DEST = 2;
  private static final int ATTR_DAEMON = 3;
  private static final int SVC_AF = 1;
  private static final int SVC_PROTOCOL = 2;
  private static final int SVC_ADDR = 3;
  private static final int SVC_PORT = 4;
  private static final int SVC_FWMARK = 5;
  private static final int SVC_SCHED_NAME = 6;
  private static final int SVC_FLAGS = 7;
  private static final int SVC_TIMEOUT = 8;
  private static final int SVC_NETMASK = 9;
  private static final int DEST_ADDR = 1;
  private static final int DEST_PORT = 2;
  private static final int DEST_FWD_METHOD = 3;
  private static final int DEST_WEIGHT = 4;
  private static final int DEST_U_THRESH = 5;
  private static final int DEST_L_THRESH = 6;
  private static final int DEST_ACTIVE_CONNS = 7;
  private static final int DEST_INACT_CONNS = 8;
  private static final int DEST_PERSIST_CONNS = 9;
  private static final int DEST_ADDR_FAMILY = 11;
  private static final int DEST_TUN_TYPE = 13;
  private static final int DAEMON_STATE = 1;
  private static final int DAEMON_MCAST_IFN = 2;
  private static final int DAEMON_SYNC_ID = 3;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int NLA_F_NESTED = 0x8000;

  /** The kernel keeps a bit of its own (hashed) among the flags. */
  private static final int USER_FLAGS = 0x1 | 0x4 | 0x8 | 0x10 | 0x20;

  private static final int METHOD_MASK = 0x7;

  private IpvsMessages() {}

  static void getFamily(ByteBuffer out, int sequence, String name) {
    int start = begin(out, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_REQUEST | NLM_F_ACK, sequence);
    attribute(out, CTRL_ATTR_FAMILY_NAME, zeroTerminated(name));
    end(out, start);
  }

  static Optional<Integer> familyId(ByteBuffer in, int at) {
    int found = find(in, attributes(at), endOf(in, at), CTRL_ATTR_FAMILY_ID);
    return found < 0 ? Optional.empty() : Optional.of(in.getShort(found + 4) & 0xffff);
  }

  static void change(ByteBuffer out, int family, int sequence, IpvsChange change) {
    switch (change) {
      case IpvsChange.AddService c -> service(out, family, sequence, NEW_SERVICE, c.wanted());
      case IpvsChange.EditService c -> service(out, family, sequence, SET_SERVICE, c.wanted());
      case IpvsChange.RemoveService c -> {
        int start = begin(out, family, DEL_SERVICE, NLM_F_REQUEST | NLM_F_ACK, sequence);
        key(out, c.service());
        end(out, start);
      }
      case IpvsChange.AddDestination c ->
          destination(out, family, sequence, NEW_DEST, c.service(), c.wanted());
      case IpvsChange.EditDestination c ->
          destination(out, family, sequence, SET_DEST, c.service(), c.wanted());
      case IpvsChange.RemoveDestination c -> {
        int start = begin(out, family, DEL_DEST, NLM_F_REQUEST | NLM_F_ACK, sequence);
        key(out, c.service());
        int nest = nest(out, ATTR_DEST);
        destinationKey(out, c.gone());
        endNest(out, nest);
        end(out, start);
      }
    }
  }

  private static void service(
      ByteBuffer out, int family, int sequence, int command, IpvsService service) {
    int start = begin(out, family, command, NLM_F_REQUEST | NLM_F_ACK, sequence);
    int nest = nest(out, ATTR_SERVICE);
    keyAttributes(out, service.key());
    attribute(out, SVC_SCHED_NAME, zeroTerminated(service.scheduler()));
    out.putShort((short) 12).putShort((short) SVC_FLAGS).putInt(service.flags()).putInt(USER_FLAGS);
    number(out, SVC_TIMEOUT, service.timeoutSeconds());
    if (service.key().v6()) {
      number(out, SVC_NETMASK, service.maskLength());
    } else {
      attribute(out, SVC_NETMASK, mask(service.maskLength()));
    }
    endNest(out, nest);
    end(out, start);
  }

  private static void destination(
      ByteBuffer out,
      int family,
      int sequence,
      int command,
      IpvsService.Key service,
      IpvsDestination destination) {
    int start = begin(out, family, command, NLM_F_REQUEST | NLM_F_ACK, sequence);
    key(out, service);
    int nest = nest(out, ATTR_DEST);
    destinationKey(out, destination);
    number(out, DEST_FWD_METHOD, destination.method().number);
    number(out, DEST_WEIGHT, destination.weight());
    number(out, DEST_U_THRESH, destination.upper());
    number(out, DEST_L_THRESH, destination.lower());
    endNest(out, nest);
    end(out, start);
  }

  static void listServices(ByteBuffer out, int family, int sequence) {
    end(out, begin(out, family, GET_SERVICE, NLM_F_REQUEST | NLM_F_DUMP, sequence));
  }

  static void listDestinations(ByteBuffer out, int family, int sequence, IpvsService.Key service) {
    int start = begin(out, family, GET_DEST, NLM_F_REQUEST | NLM_F_DUMP, sequence);
    key(out, service);
    end(out, start);
  }

  static void listDaemons(ByteBuffer out, int family, int sequence) {
    end(out, begin(out, family, GET_DAEMON, NLM_F_REQUEST | NLM_F_DUMP, sequence));
  }

  static void startDaemon(ByteBuffer out, int family, int sequence, IpvsSyncDaemon daemon) {
    int start = begin(out, family, NEW_DAEMON, NLM_F_REQUEST | NLM_F_ACK, sequence);
    int nest = nest(out, ATTR_DAEMON);
    number(out, DAEMON_STATE, daemon.role().number);
    attribute(out, DAEMON_MCAST_IFN, zeroTerminated(daemon.device()));
    number(out, DAEMON_SYNC_ID, daemon.syncId());
    endNest(out, nest);
    end(out, start);
  }

  static void stopDaemon(ByteBuffer out, int family, int sequence, Role role) {
    int start = begin(out, family, DEL_DAEMON, NLM_F_REQUEST | NLM_F_ACK, sequence);
    int nest = nest(out, ATTR_DAEMON);
    number(out, DAEMON_STATE, role.number);
    endNest(out, nest);
    end(out, start);
  }

  /** Empty for a message that tells of no service. */
  static Optional<IpvsService> service(ByteBuffer in, int at) {
    int nest = find(in, attributes(at), endOf(in, at), ATTR_SERVICE);
    if (nest < 0) {
      return Optional.empty();
    }
    int from = nest + 4;
    int to = nest + length(in, nest);
    int family = find(in, from, to, SVC_AF);
    int mark = find(in, from, to, SVC_FWMARK);
    int scheduler = find(in, from, to, SVC_SCHED_NAME);
    int flags = find(in, from, to, SVC_FLAGS);
    int timeout = find(in, from, to, SVC_TIMEOUT);
    int netmask = find(in, from, to, SVC_NETMASK);
    if (family < 0 || scheduler < 0 || flags < 0 || timeout < 0 || netmask < 0) {
      return Optional.empty();
    }
    boolean v6 = in.getShort(family + 4) == AF_INET6;
    IpvsService.Key key;
    if (mark >= 0) {
      key = new IpvsService.Key.Mark(in.getInt(mark + 4), v6);
    } else {
      int ip = find(in, from, to, SVC_ADDR);
      int port = find(in, from, to, SVC_PORT);
      int protocol = find(in, from, to, SVC_PROTOCOL);
      if (ip < 0 || port < 0 || protocol < 0) {
        return Optional.empty();
      }
      key =
          new IpvsService.Key.Address(
              address(bytes(in, ip), v6), port(in, port), in.getShort(protocol + 4) & 0xffff);
    }
    int set = in.getInt(flags + 4) & USER_FLAGS;
    return Optional.of(
        new IpvsService(
            key,
            string(in, scheduler),
            set,
            (set & IpvsService.PERSISTENT) == 0 ? 0 : in.getInt(timeout + 4),
            v6 ? in.getInt(netmask + 4) : Integer.bitCount(in.getInt(netmask + 4))));
  }

  /** Empty for a message that tells of no destination. */
  static Optional<Counted> destination(ByteBuffer in, int at) {
    int nest = find(in, attributes(at), endOf(in, at), ATTR_DEST);
    if (nest < 0) {
      return Optional.empty();
    }
    int from = nest + 4;
    int to = nest + length(in, nest);
    int ip = find(in, from, to, DEST_ADDR);
    int port = find(in, from, to, DEST_PORT);
    int family = find(in, from, to, DEST_ADDR_FAMILY);
    if (ip < 0 || port < 0) {
      return Optional.empty();
    }
    byte[] address = bytes(in, ip);
    // Kernels before 3.18 tell no family: theirs is the service's, and IPv4 leaves the rest zero.
    boolean v6 = family < 0 ? !isV4(address) : in.getShort(family + 4) == AF_INET6;
    int method = number(in, from, to, DEST_FWD_METHOD) & METHOD_MASK;
    int tunnel = find(in, from, to, DEST_TUN_TYPE);
    IpvsDestination destination =
        new IpvsDestination(
            address(address, v6),
            port(in, port),
            Method.of(method),
            number(in, from, to, DEST_WEIGHT),
            number(in, from, to, DEST_U_THRESH),
            number(in, from, to, DEST_L_THRESH),
            tunnel < 0 ? 0 : in.get(tunnel + 4) & 0xff);
    Connections connections =
        new Connections(
            number(in, from, to, DEST_ACTIVE_CONNS),
            number(in, from, to, DEST_INACT_CONNS),
            number(in, from, to, DEST_PERSIST_CONNS));
    return Optional.of(new Counted(destination, connections));
  }

  /** Empty for a message that tells of no daemon. */
  static Optional<IpvsSyncDaemon> daemon(ByteBuffer in, int at) {
    int nest = find(in, attributes(at), endOf(in, at), ATTR_DAEMON);
    if (nest < 0) {
      return Optional.empty();
    }
    int from = nest + 4;
    int to = nest + length(in, nest);
    int device = find(in, from, to, DAEMON_MCAST_IFN);
    Optional<Role> role = Role.of(number(in, from, to, DAEMON_STATE));
    return role.isEmpty() || device < 0
        ? Optional.empty()
        : Optional.of(
            new IpvsSyncDaemon(
                role.get(), string(in, device), number(in, from, to, DAEMON_SYNC_ID)));
  }

  private static int begin(ByteBuffer out, int family, int command, int flags, int sequence) {
    int start = NetlinkMessages.begin(out, family, flags, sequence);
    out.put((byte) command).put((byte) VERSION).putShort((short) 0);
    return start;
  }

  private static void key(ByteBuffer out, IpvsService.Key key) {
    int nest = nest(out, ATTR_SERVICE);
    keyAttributes(out, key);
    endNest(out, nest);
  }

  private static void keyAttributes(ByteBuffer out, IpvsService.Key key) {
    shortNumber(out, SVC_AF, key.v6() ? AF_INET6 : AF_INET);
    switch (key) {
      case IpvsService.Key.Mark mark -> number(out, SVC_FWMARK, mark.number());
      case IpvsService.Key.Address address -> {
        shortNumber(out, SVC_PROTOCOL, address.protocol());
        attribute(out, SVC_ADDR, padded(address.ip()));
        attribute(out, SVC_PORT, bigEndian(address.port()));
      }
    }
  }

  private static void destinationKey(ByteBuffer out, IpvsDestination destination) {
    attribute(out, DEST_ADDR, padded(destination.ip()));
    attribute(out, DEST_PORT, bigEndian(destination.port()));
    shortNumber(
        out, DEST_ADDR_FAMILY, destination.ip().getAddress().length == 16 ? AF_INET6 : AF_INET);
  }

  private static int nest(ByteBuffer out, int type) {
    int start = out.position();
    out.putShort((short) 0).putShort((short) (type | NLA_F_NESTED));
    return start;
  }

  private static void endNest(ByteBuffer out, int start) {
    out.putShort(start, (short) (out.position() - start));
  }

  private static void number(ByteBuffer out, int type, int value) {
    out.putShort((short) 8).putShort((short) type).putInt(value);
  }

  private static void shortNumber(ByteBuffer out, int type, int value) {
    out.putShort((short) 6).putShort((short) type).putShort((short) value).putShort((short) 0);
  }

  private static int number(ByteBuffer in, int from, int to, int type) {
    int found = find(in, from, to, type);
    return found < 0 ? 0 : in.getInt(found + 4);
  }

  private static int port(ByteBuffer in, int attribute) {
    return (in.get(attribute + 4) & 0xff) << 8 | (in.get(attribute + 5) & 0xff);
  }

  private static byte[] bigEndian(int port) {
    return new byte[] {(byte) (port >> 8), (byte) port};
  }

  /** A union nf_inet_addr: 16 bytes, of which IPv4 uses the first four. */
  private static byte[] padded(InetAddress ip) {
    return Arrays.copyOf(ip.getAddress(), 16);
  }

  private static byte[] mask(int length) {
    int bits = length == 0 ? 0 : -1 << (32 - length);
    return ByteBuffer.allocate(4).order(ByteOrder.BIG_ENDIAN).putInt(bits).array();
  }

  private static boolean isV4(byte[] padded) {
    for (int i = 4; i < padded.length; i++) {
      if (padded[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress address(byte[] bytes, boolean v6) {
    try {
      return InetAddress.getByAddress(Arrays.copyOf(bytes, v6 ? 16 : 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] zeroTerminated(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  private static int attributes(int at) {
    return at + HEADER_BYTES + GENL_HEADER_BYTES;
  }

  private static int endOf(ByteBuffer in, int at) {
    return at + NetlinkMessages.length(in, at);
  }

  private static int length(ByteBuffer in, int attribute) {
    return in.getShort(attribute) & 0xffff;
  }
}
