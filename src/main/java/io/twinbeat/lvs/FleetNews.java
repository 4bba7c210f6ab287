package io.twinbeat.lvs;

import io.twinbeat.config.RealServerConfig;
import io.twinbeat.config.VirtualServiceConfig.Target;

/**
 * What an active director says of its real servers: who serves again or no more, and which services
 * are below their quorum. One thread at a time.
 */
final class FleetNews {
  private final Fleet fleet;
  private final Director.Voice voice;

  FleetNews(Fleet fleet, Director.Voice voice) {
    this.fleet = fleet;
    this.voice = voice;
  }

  /** What one look has changed. */
  void tell(RealServerConfig server, Fleet.Turn turn) {
    ServerState before = turn.before().servers().get(server.name());
    ServerState now = turn.after().servers().get(server.name());
    String who = turn.after().config().target() + ": " + server.name();
    if (now.up() != before.up()) {
      voice.event(who + (now.up() ? " serves again: " : " does not serve: ") + now.detail());
    }
    if (now.blind() && !before.blind()) {
      voice.event(who + " cannot be looked at, and stays as it is: " + now.detail());
    }
    if (before.blind() && !now.blind()) {
      voice.event(who + " can be looked at again: " + now.detail());
    }
    if (turn.before().up() != turn.after().up()) {
      quorum(turn.after());
    }
  }

  void quorums() {
    fleet.services().forEach(this::quorum);
  }

  private void quorum(ServiceState state) {
    Target target = state.config().target();
    if (state.up()) {
      voice.clear(alarm(target));
    } else {
      voice.alarm(
          alarm(target), fleet.quorum(state), "twinbeat status shows what is wrong with them");
    }
  }

  /** This node is no longer the one to complain. */
  void over() {
    fleet.services().forEach(state -> voice.clear(alarm(state.config().target())));
  }

  private static String alarm(Target target) {
    return "lvs:" + target;
  }
}
