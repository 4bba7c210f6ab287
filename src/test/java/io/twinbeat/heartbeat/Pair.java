package io.twinbeat.heartbeat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two nodes in this JVM, over as many wires as asked for. */
final class Pair implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMillis(50);
  static final Duration DEADTIME = Duration.ofMillis(400);
  static final Duration SOON = Duration.ofSeconds(10);

  final List<Wire> wires = new ArrayList<>();
  final Recorder heardByA = new Recorder();
  final Recorder heardByB = new Recorder();
  volatile String statusOfA = "a";
  volatile String statusOfB = "b";
  Heartbeat a;
  Heartbeat b;

  Pair(int links) throws IOException {
    this(links, key(1), key(1));
  }

  Pair(int links, HeartbeatKeys ofA, HeartbeatKeys ofB) throws IOException {
    for (int i = 0; i < links; i++) {
      wires.add(new Wire());
    }
    a = newA(ofA);
    b = newB(ofB);
  }

  static HeartbeatKeys key(int... fills) {
    List<byte[]> keys = new ArrayList<>();
    for (int fill : fills) {
      byte[] key = new byte[HeartbeatKeys.KEY_BYTES];
      Arrays.fill(key, (byte) fill);
      keys.add(key);
    }
    return new HeartbeatKeys(keys);
  }

  Heartbeat newA(HeartbeatKeys keys) {
    List<LinkAddress> links = wires.stream().map(w -> w.ofA).toList();
    return new Heartbeat(
        new HeartbeatSettings("a", "b", links, INTERVAL, DEADTIME, keys),
        () -> statusOfA.getBytes(StandardCharsets.UTF_8),
        heardByA);
  }

  Heartbeat newB(HeartbeatKeys keys) {
    List<LinkAddress> links = wires.stream().map(w -> w.ofB).toList();
    return new Heartbeat(
        new HeartbeatSettings("b", "a", links, INTERVAL, DEADTIME, keys),
        () -> statusOfB.getBytes(StandardCharsets.UTF_8),
        heardByB);
  }

  /** Starts both and waits until each hears the other and all links are up on both. */
  Pair up() {
    a.start();
    b.start();
    awaitUp();
    return this;
  }

  void awaitUp() {
    heardByA.awaitHeard(SOON);
    heardByB.awaitHeard(SOON);
    Recorder.await("links up", SOON, () -> allUp(a) && allUp(b));
  }

  static boolean allUp(Heartbeat node) {
    return node.links().stream().allMatch(LinkState::up);
  }

  @Override
  public void close() throws IOException {
    a.close();
    b.close();
    for (Wire wire : wires) {
      wire.close();
    }
  }
}
