package io.twinbeat.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A program of the classic packet filter that the kernel runs before a frame is queued for us, so
 * that a busy network costs no wake-ups (Documentation/networking/filter.rst).
 */
public final class PacketFilter {
  /** BPF_MAXINSNS; a longer list of addresses is not compared in the kernel. */
  private static final int INSTRUCTIONS_MAX = 4096;

  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_BYTE = 0x30;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int DROP = 0;
  private static final int WHOLE = 0x40000;

  private static final int ARP_SENDER_AT = 28;
  private static final int IPV4_PROTOCOL_AT = 23;
  private static final int IPV4_SOURCE_AT = 26;
  private static final int IPV6_SOURCE_TAIL_AT = 34;
  private static final int TCP = 6;
  private static final int IPV6_NEXT_HEADER_AT = 20;
  private static final int ICMPV6_TYPE_AT = 54;
  private static final int ND_TARGET_TAIL_AT = 74;
  private static final int ICMPV6 = 58;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;

  /** One instruction: operation, jumps when true and false, and its constant. */
  record Instruction(int code, int whenTrue, int whenFalse, int constant) {}

  private final List<Instruction> program = new ArrayList<>();

  private PacketFilter() {}

  /** ARP frames in which one of these IPv4 addresses is the sender's. */
  public static PacketFilter arpFrom(Collection<byte[]> senders) {
    PacketFilter filter = new PacketFilter();
    filter.acceptOnly(ARP_SENDER_AT, senders, 0);
    return filter;
  }

  /** TCP segments that come from this address. */
  public static PacketFilter tcpFrom(byte[] source) {
    boolean v6 = source.length == 16;
    PacketFilter filter = new PacketFilter();
    filter.load(LOAD_BYTE, v6 ? IPV6_NEXT_HEADER_AT : IPV4_PROTOCOL_AT);
    filter.dropUnless(TCP);
    // As below: of an IPv6 address the tail, and the receiver compares all of it.
    int from = v6 ? IPV6_SOURCE_TAIL_AT : IPV4_SOURCE_AT;
    filter.acceptOnly(from, List.of(source), v6 ? 12 : 0);
    return filter;
  }

  /** Neighbour advertisements (ICMPv6 type 136) whose target is one of these IPv6 addresses. */
  public static PacketFilter neighbourAdvertisementsOf(Collection<byte[]> targets) {
    PacketFilter filter = new PacketFilter();
    filter.load(LOAD_BYTE, IPV6_NEXT_HEADER_AT);
    filter.dropUnless(ICMPV6);
    filter.load(LOAD_BYTE, ICMPV6_TYPE_AT);
    filter.dropUnless(NEIGHBOUR_ADVERTISEMENT);
    // The last four bytes tell addresses apart well enough; the receiver compares all of them.
    filter.acceptOnly(ND_TARGET_TAIL_AT, targets, 12);
    return filter;
  }

  private void load(int code, int at) {
    program.add(new Instruction(code, 0, 0, at));
  }

  private void dropUnless(int wanted) {
    program.add(new Instruction(JUMP_IF_EQUAL, 1, 0, wanted));
    program.add(new Instruction(RETURN, 0, 0, DROP));
  }

  private void acceptOnly(int at, Collection<byte[]> values, int offset) {
    if (program.size() + 2 * values.size() + 2 > INSTRUCTIONS_MAX) {
      program.add(new Instruction(RETURN, 0, 0, WHOLE));
      return;
    }
    load(LOAD_WORD, at);
    // Each with its own return: a jump reaches over 255 instructions at most.
    for (byte[] value : values) {
      int word = ByteBuffer.wrap(value).getInt(offset);
      program.add(new Instruction(JUMP_IF_EQUAL, 0, 1, word));
      program.add(new Instruction(RETURN, 0, 0, WHOLE));
    }
    program.add(new Instruction(RETURN, 0, 0, DROP));
  }

  List<Instruction> program() {
    return program;
  }
}
