package io.twinbeat.lvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsSyncDaemon;
import io.twinbeat.linux.IpvsSyncDaemon.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a director does when the kernel refuses, and when somebody else is at work on it. */
class DirectorTest {
  private static final long SECONDS_MAX = 10;
  private static final String TWO =
      "check: 'off', service: '10.10.10.100:80', real-servers: { a: 10.10.10.21, b: 10.10.10.22 }";
  private static final String NAT = TWO + ", mode: nat";
  private static final String SYNC = TWO + ", sync: { daemon: { dev: eth1, id: 7 } }";
  private static final IpvsSyncDaemon MASTER = new IpvsSyncDaemon(Role.MASTER, "eth1", 7);
  private static final IpvsSyncDaemon BACKUP = new IpvsSyncDaemon(Role.BACKUP, "eth1", 7);
  private static final String FORWARD = "net/ipv4/ip_forward";
  private static final String NODEST = "net/ipv4/vs/expire_nodest_conn";

  @TempDir Path folder;
  private final FakeIpvs kernel = new FakeIpvs();
  private final Map<String, String> settings = new HashMap<>();
  private boolean refusesSettings;
  private Optional<String> trouble = Optional.empty();
  private final List<String> events = new ArrayList<>();
  private final Map<String, String> alarms = new TreeMap<>();
  private final BlockingQueue<String> raised = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();

  private final Director.Voice voice =
      new Director.Voice() {
        @Override
        public void event(String sentence) {
          events.add(sentence);
        }

        @Override
        public void alarm(String key, String what, String mend) {
          alarms.put(key, what + " (" + mend + ")");
          raised.add(key);
        }

        @Override
        public void clear(String key) {
          alarms.remove(key);
        }
      };

  private Sysctls sysctls() {
    Sysctls.Settings memory =
        new Sysctls.Settings() {
          @Override
          public Optional<String> read(String name) {
            return Optional.of(settings.getOrDefault(name, "0"));
          }

          @Override
          public void write(String name, String value) throws IOException {
            if (refusesSettings) {
              throw new IOException("read-only");
            }
            settings.put(name, value);
          }
        };
    return new Sysctls(memory, new KeptLines(folder.resolve("sysctls"), "boot"));
  }

  private SyncDaemons syncDaemons() {
    KeptLines kept = new KeptLines(folder.resolve("sync"), "boot");
    SyncDaemons syncDaemons = new SyncDaemons(kernel::opened, daemon -> trouble, kept);
    toClose.add(syncDaemons);
    return syncDaemons;
  }

  private Director director(String lvs) {
    return director("site-lvs", lvs, new NamedServices());
  }

  private Director director(String id, String lvs, NamedServices named) {
    Director director =
        new Director(
            config(lvs),
            id,
            new Shared(folder, "boot", sysctls(), syncDaemons(), named),
            Set.of("eth0"),
            how -> {
              throw new AssertionError("checks are off");
            },
            voice,
            kernel::opened);
    toClose.add(director);
    return director;
  }

  private static LvsConfig config(String lvs) {
    String text =
        """
        pair: web
        nodes:
          lb1: { links: [10.10.10.11], fence: manual }
          lb2: { links: [10.10.10.12], fence: manual }
        heartbeat: { interval: 200ms, deadtime: 1s, key-file: /etc/twinbeat/key }
        groups:
          site:
            resources:
              - lvs: { %s }
              - address: { ip: 10.10.10.100/24, dev: eth0 }
        """
            .formatted(lvs);
    if (!(SiteReader.read(text, "test") instanceof Reading.Good good)) {
      throw new AssertionError(SiteReader.read(text, "test"));
    }
    return (LvsConfig) good.site().pair().groups().getFirst().resources().getFirst();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : toClose.reversed()) {
      each.close();
    }
  }

  @Test
  void aSyncDaemonThatCannotStartFailsNothingAndIsTriedAgain() throws Exception {
    kernel.refusesDaemons = true;
    Director director = director(SYNC);
    director.prepare();
    assertEquals(Set.of("lvs-sync:site-lvs"), alarms.keySet());
    assertTrue(alarms.toString().contains("eth1"), alarms.toString());
    director.start();
    assertEquals(1, kernel.keys().size());
    assertTrue(director.check().good());
    director.stop();
    assertEquals(Set.of(), kernel.keys());
    director.standBy();
    assertEquals(Set.of("lvs-sync:site-lvs"), alarms.keySet());
    assertEquals(List.of(), kernel.daemons);

    kernel.refusesDaemons = false;
    director.standBy();
    assertEquals(List.of(BACKUP), kernel.daemons);
    assertEquals(Map.of(), alarms);
    kernel.refusesDaemons = true;
    director.start();
    assertEquals(Set.of("lvs-sync:site-lvs"), alarms.keySet());
    kernel.refusesDaemons = false;
    assertTrue(director.check().good());
    assertTrue(kernel.daemons.contains(MASTER), kernel.daemons.toString());
    assertEquals(Map.of(), alarms);
  }

  @Test
  void aDeviceThatCannotCarrySyncIsFoundBeforeAndTheKernelIsNotAsked() throws Exception {
    trouble = Optional.of("there is no network device eth1");
    Director director = director(SYNC);
    List<Finding> found = director.inspect();
    assertTrue(
        found.contains(
            new Finding(
                "connection sync",
                Finding.Grade.WARNING,
                "there is no network device eth1",
                "mend the device, or what 'sync' says: open connections would not survive a failover")),
        found.toString());
    director.start();
    assertEquals(List.of(), kernel.daemons);
    assertTrue(alarms.toString().contains("there is no network device eth1"), alarms.toString());
    trouble = Optional.empty();
    assertTrue(director.check().good());
    assertEquals(List.of(MASTER), kernel.daemons);
    assertTrue(director.inspect().stream().allMatch(each -> each.grade() == Finding.Grade.GOOD));
    trouble = Optional.of("eth1 has no IPv4 address"); // What runs goes on.
    assertTrue(director.check().good());
    assertEquals(Map.of(), alarms);
  }

  @Test
  void aReconciliationThatFailedIsMadeUpForByTheNextCheck() throws Exception {
    Director director = director(TWO);
    director.start();
    kernel.refusesChanges = true;
    assertThrows(LvsException.class, () -> director.drained(Set.of("a")));
    assertEquals("lvs:site-lvs", raised.poll(SECONDS_MAX, TimeUnit.SECONDS));
    assertEquals(1, kernel.weight("10.10.10.21"));

    kernel.refusesChanges = false;
    assertTrue(director.check().good());
    assertEquals(0, kernel.weight("10.10.10.21"));
    assertEquals(Map.of(), alarms);
    assertEquals(List.of(), events);
  }

  @Test
  void aForeignEditIsSaidAndMendedAndNothingIsWrittenWhereNothingIsWrong() throws Exception {
    Director director = director(TWO);
    director.start();
    kernel.changes.clear();
    kernel.listings = 0;
    assertTrue(director.check().good());
    assertEquals(List.of(), kernel.changes);
    assertEquals(1, kernel.listings);

    Table.Entry entry = kernel.entries.values().iterator().next();
    Map<Table.Endpoint, IpvsDestination> one = new HashMap<>(entry.destinations());
    one.values().removeIf(each -> each.ip().getHostAddress().equals("10.10.10.22"));
    kernel.entries.put(entry.service().key(), new Table.Entry(entry.service(), one));
    assertTrue(director.check().good());
    assertEquals(entry, kernel.entries.get(entry.service().key()));
    assertEquals(1, kernel.changes.size());
    assertEquals(1, events.size());
    assertTrue(events.getFirst().contains("somebody changed the IPVS table"), events.toString());
  }

  @Test
  void settingsThatSomebodyElseChangesAreSetAgainAndSaidOncePerEpisode() throws Exception {
    Director director = director(TWO);
    director.start();
    assertEquals("1", settings.get(NODEST));
    for (int i = 0; i < 3; i++) {
      settings.put(NODEST, "0");
      assertTrue(director.check().good());
      assertEquals("1", settings.get(NODEST));
    }
    assertEquals(1, events.size());
    assertTrue(events.getFirst().contains(NODEST + " is 0, not 1"), events.toString());
    assertTrue(director.check().good());
    settings.put(NODEST, "0");
    assertTrue(director.check().good());
    assertEquals(2, events.size());

    settings.put(NODEST, "0");
    refusesSettings = true;
    assertTrue(director.check().good());
    assertEquals(Set.of("lvs-sysctls:site-lvs"), alarms.keySet());
    refusesSettings = false;
    assertTrue(director.check().good());
    assertEquals("1", settings.get(NODEST));
    assertEquals(Map.of(), alarms);
    director.stop();
    assertEquals("0", settings.get(NODEST));
  }

  @Test
  void whatAChangedFileNoLongerNeedsIsPutBack() throws Exception {
    Director nat = director(NAT);
    nat.start();
    assertEquals("1", settings.get(FORWARD));
    nat.close();
    director(TWO).start();
    assertEquals("0", settings.get(FORWARD));
    assertEquals("1", settings.get(NODEST));
  }

  @Test
  void aStandbyPutsBackWhatAKilledStartHasSetBeforeItMadeATable() throws Exception {
    sysctls().set("site-lvs", Map.of(NODEST, "1", FORWARD, "1"));
    Director director = director(NAT);
    director.standBy();
    assertEquals("0", settings.get(NODEST));
    assertEquals("0", settings.get(FORWARD));
    assertEquals(List.of(), events);
  }

  @Test
  void neitherAFullDiskNorASettingThatStaysFailsAStartOrAStop() throws Exception {
    Director director = director(NAT);
    Files.createDirectory(folder.resolve("sysctls.new")); // Where they would be written.
    Files.createDirectory(folder.resolve("lvs-services-site-lvs.new"));
    director.start();
    assertEquals(1, kernel.keys().size());
    refusesSettings = true;
    director.stop();
    assertEquals(Set.of(), kernel.keys());
    assertEquals(Set.of("lvs-sysctls:site-lvs"), alarms.keySet());
    refusesSettings = false;
    director.standBy();
    assertEquals("0", settings.get(FORWARD));
    assertEquals(Map.of(), alarms);
  }

  /** A reload ends a life before what the changed file no longer has is stopped. */
  @Test
  void oneThatIsClosedCanStillBeStoppedForGoodAndLeavesNothingBehind() throws Exception {
    Director director = director(SYNC.replace("service:", "mode: nat, service:"));
    director.start();
    director.close();
    director.stop();
    assertEquals(Set.of(), kernel.keys());
    assertEquals("0", settings.get(FORWARD));
    assertEquals(List.of(MASTER), kernel.daemons);
    syncDaemons().endAll();
    assertEquals(List.of(), kernel.daemons);
    close();
    toClose.clear();
    assertEquals(0, kernel.open);
  }

  @Test
  void syncDaemonsThatTheFileNoLongerHasEndAndThoseOfOthersStay() throws Exception {
    Director director = director(SYNC);
    director.start();
    director.close();
    SyncDaemons next = syncDaemons();
    IpvsSyncDaemon foreign = new IpvsSyncDaemon(Role.BACKUP, "eth5", 3);
    kernel.daemons.add(foreign);
    next.endAll();
    assertEquals(List.of(foreign), kernel.daemons);
    kernel.daemons.add(MASTER); // Nobody of ours, this time.
    syncDaemons().endAll();
    assertEquals(List.of(foreign, MASTER), kernel.daemons);
  }

  /** By a reload: whichever of the two is started first. */
  @Test
  void aServiceThatGoesFromOneResourceToAnotherStaysInTheKernel() throws Exception {
    String both =
        "check: 'off', services: [ { service: '10.10.10.100:80', real-servers: { a: 10.10.10.21, b: 10.10.10.22 } },"
            + " { service: '10.10.10.100:443', real-servers: { a: 10.10.10.23 } } ]";
    Director before = director(both);
    before.start();
    before.close();
    kernel.changes.clear();
    NamedServices named = new NamedServices();
    Director a = director("site-lvs", TWO, named);
    Director b =
        director(
            "site-b",
            "name: b, " + TWO.replace(":80", ":443").replace("10.10.10.22", "10.10.10.23"),
            named);
    a.start();
    assertEquals(2, kernel.keys().size());
    assertEquals(List.of(), kernel.changes);
    b.start();
    a.stop();
    assertEquals(1, kernel.keys().size());
    b.stop();
    assertEquals(Set.of(), kernel.keys());
  }

  /** What runs is what must end, not what could not begin in its place. */
  @Test
  void aSyncDaemonWhoseReplacementCannotStartEndsTooWhenTheFileHasNoneAnyMore() throws Exception {
    Director director = director(SYNC);
    director.start();
    director.close();
    trouble = Optional.of("there is no network device eth2");
    Director changed = director(SYNC.replace("eth1", "eth2"));
    changed.start();
    assertEquals(List.of(MASTER), kernel.daemons);
    changed.close();
    syncDaemons().endAll();
    assertEquals(List.of(), kernel.daemons);
  }

  @Test
  void theServicesOfAnotherDirectorAreNotForeign() throws Exception {
    NamedServices named = new NamedServices();
    Director a = director("site-lvs", TWO, named);
    Director b = director("site-b", "name: b, " + TWO.replace(":80", ":443"), named);
    a.start();
    b.start();
    assertTrue(
        a.inspect().stream().allMatch(each -> each.grade() == Finding.Grade.GOOD),
        () -> a.inspect().toString());
    b.stop();
  }
}
