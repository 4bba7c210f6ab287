package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The standby's look at the service is not deceived by its own machine: neither into fencing who
 * serves, nor into leaving a dead service alone.
 */
@Timeout(180)
class LookIT {
  private static final String IP = "10.10.10.100";

  /** Beyond deadtime and fence: one look after another, and a loaded machine. */
  private static final double LOOK_MILLIS_MAX = 1500;

  /** Three looks that fail, one each 10 s, and a loaded machine. */
  private static final Duration PRACTICE_LIMIT = Duration.ofSeconds(60);

  @RegisterExtension static final ScenePair PAIR = ScenePair.withHooks();

  private static void onStandby(String command) {
    var outcome = PAIR.lb2().exec("bash", "-c", command);
    assertTrue(outcome.succeeded(), () -> command + ": " + outcome.out() + outcome.err());
  }

  @AfterEach
  void mend() {
    onStandby(
        "nft delete table ip lie; ip neigh del %s dev eth0; ip route del unreachable %s/32; ip addr del %s/32 dev lo; true"
            .formatted(IP, IP, IP));
  }

  private static boolean somethingMoved() {
    return !PAIR.shot().isEmpty() || !PAIR.lab().holders().equals(Set.of("lb1"));
  }

  private static void nobodyActs(String because) {
    PAIR.cutHeartbeats();
    PAIR.logs(PAIR.lb2(), because);
    ScenePair.never("something moved", ScenePair.DEADTIME.multipliedBy(2), LookIT::somethingMoved);
    PAIR.unmoved();
    PAIR.mendHeartbeats();
    PAIR.calm("lb1");
    PAIR.mark();
  }

  private static void deadHolderIsReplaced() {
    PAIR.lb1().powerOff();
    PAIR.serves(PAIR.lb2());
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
  }

  /**
   * The nearest to an IPVS table that this kernel has: the look ends at the standby's own nginx.
   */
  @Test
  void aRedirectToItsOwnServer() {
    onStandby(
        "grep -q '00000000:0050 00000000:0000 0A' /proc/net/tcp"); // own nginx, on all addresses
    onStandby(
        "nft add table ip lie && nft 'add chain ip lie out { type nat hook output priority -100; }'"
            + " && nft add rule ip lie out ip daddr "
            + IP
            + " tcp dport 80 redirect");
    String own = "printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3; head -1 <&3 | grep -q 200";
    onStandby("exec 3<>/dev/tcp/" + IP + "/80; " + own);
    nobodyActs("nothing came from it on the wire");
    deadHolderIsReplaced();
  }

  /** It would swallow each look, and the service would be shot. */
  @Test
  void aWrongNeighbourThatStays() {
    onStandby("ip neigh replace " + IP + " lladdr 02:de:ad:be:ef:01 nud permanent dev eth0");
    nobodyActs("its neighbour table says 02:de:ad:be:ef:01");
    String mac = PAIR.lb1().exec("cat", "/sys/class/net/eth0/address").out().strip();
    onStandby("ip neigh replace " + IP + " lladdr " + mac + " nud permanent dev eth0");
    deadHolderIsReplaced();
  }

  @Test
  void aRouteThatSaysUnreachable() {
    onStandby("ip route add unreachable " + IP + "/32");
    nobodyActs("but this machine does not send to it");
  }

  /** Its looks would take a service that works for a dead one: told before anything is silent. */
  @Test
  void aFilterOfItsOwn() {
    onStandby(
        "nft add table ip lie && nft 'add chain ip lie out { type filter hook output priority 0; }'"
            + " && nft add rule ip lie out ip daddr "
            + IP
            + " tcp dport 80 drop");
    ScenePair.await(
        "the alarm of the standby",
        PRACTICE_LIMIT,
        () ->
            Daemons.alarms(PAIR.lb2()).stream()
                .anyMatch(alarm -> alarm.contains("looks at it through its address")));
    assertTrue(!somethingMoved(), "an alarm and no more");
    onStandby("nft delete table ip lie");
    PAIR.calm("lb1");
  }

  /** As a real server would have it: the address answers here, and only ARP tells of the holder. */
  @Test
  void theAddressOnItsOwnLoopback() {
    PAIR.lb1().fenceDevice(LabNode.Fault.DEAD);
    PAIR.lb1().powerOff();
    Daemons.alarms(PAIR.lb2(), "fencing lb1 is not confirmed");
    onStandby("ip addr add " + IP + "/32 dev lo");
    PAIR.mark();
    PAIR.lb1().fenceDevice(LabNode.Fault.NONE);
    ScenePair.await(
        "the address on eth0",
        () -> PAIR.lb2().exec("ip", "-o", "addr", "show", "dev", "eth0").out().contains(IP));
    assertTrue(!PAIR.lab().foundOff("lb1", PAIR.started()).isEmpty(), "nobody saw that lb1 is off");
    PAIR.serves(PAIR.lb2());
  }

  /** Its kernel answers ARP and takes connections, its programs stand still. */
  @Test
  void aHalfDeadHolderIsDead() {
    PAIR.lb1()
        .exec(
            "bash",
            "-c",
            "for c in /proc/[0-9]*/comm; do [[ $(< $c) == nginx ]] && p=${c#/proc/}"
                + " && kill -STOP ${p%/comm}; done; kill -STOP \"$(< /run/lab/daemon.pid)\"");
    PAIR.serves(PAIR.lb2());
    // Its kernel accepts until the backlog is full, and then answers no more either. (Looks that
    // flap are told once a second by themselves; the decision names the one that counted.)
    PAIR.logs(PAIR.lb2(), "NOT_ANSWERED");
    PAIR.provenOffFirst(PAIR.lb1(), PAIR.lb2());
    assertEquals(Set.of("lb1"), PAIR.shot());
    Outage outage = PAIR.outage();
    long fence = PAIR.fenceTime(PAIR.lb2()).toMillis();
    double excess = outage.millis() - ScenePair.DEADTIME.toMillis() - fence;
    ScenePair.measured(
        "half-dead holder: client outage %.1f ms = deadtime %d + fence %d %+.1f ms",
        outage.millis(), ScenePair.DEADTIME.toMillis(), fence, excess);
    assertTrue(excess < LOOK_MILLIS_MAX, "beyond deadtime and fence: " + excess + " ms");
  }
}
