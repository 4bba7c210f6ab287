package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.linux.Pidfd;
import io.twinbeat.resource.ProcFs.Proc;
import io.twinbeat.resource.ReadinessItem.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nginx resource on a real nginx. */
class NginxIT {
  private static final int SIGHUP = 1;
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;
  private static final int TRIALS = 7;

  @TempDir Path dir;
  private NginxSite site;

  @BeforeEach
  void begin() throws Exception {
    site = NginxSite.onLoopback(dir);
  }

  @AfterEach
  void end() {
    site.close();
  }

  @Test
  void preparingAHotNginxStartsAndChecksItAndHandingOverLeavesItRunning() throws Exception {
    NginxResource nginx = site.resource(true);
    nginx.prepare();
    Proc master = site.master();
    assertInstanceOf(Resource.Health.Healthy.class, nginx.check());
    for (ReadinessItem item : nginx.readiness()) {
      assertEquals(State.GOOD, item.state(), item.toString());
    }
    nginx.prepare();
    nginx.start();
    nginx.stop(Resource.StopMode.HAND_OVER);
    assertEquals(master, site.master(), "it was restarted though it served");
    assertTrue(ProcFs.lives(master));

    nginx.stop(Resource.StopMode.FULL);
    assertFalse(ProcFs.lives(master));
    assertInstanceOf(Resource.Health.Failed.class, nginx.check());
    nginx.stop(Resource.StopMode.FULL);
  }

  @Test
  void aColdNginxIsOnlyTestedOnTheStandby() throws Exception {
    NginxResource nginx = site.resource(false);
    nginx.prepare();
    // nginx -t leaves an empty pid file behind.
    assertTrue(NginxProcesses.pid(dir.resolve("nginx.pid")).isEmpty());
    assertEquals(State.GOOD, NginxSite.item(nginx, "nginx -t").state());
    assertEquals(State.GOOD, NginxSite.item(nginx, "ports").state());
    nginx.start();
    assertInstanceOf(Resource.Health.Healthy.class, nginx.check());
    nginx.stop(Resource.StopMode.HAND_OVER);
    assertInstanceOf(Resource.Health.Failed.class, nginx.check());
  }

  @Test
  void aBrokenConfigurationOnTheStandbyIsSaidInNginxsOwnWords() throws Exception {
    NginxResource hot = site.resource(true);
    hot.prepare();
    site.writeConfig("no_such_directive on;");
    hot.inspect();
    ReadinessItem test = NginxSite.item(hot, "nginx -t");
    assertEquals(State.BAD, test.state());
    assertTrue(
        test.detail().contains("unknown directive \"no_such_directive\" in "), test.detail());
    assertFalse(test.pointless(), "the running nginx can still serve");

    hot.stop(Resource.StopMode.FULL);
    NginxResource cold = site.resource(false);
    cold.inspect();
    assertTrue(NginxSite.item(cold, "nginx -t").pointless(), "a cold nginx could not be started");
    ResourceException refused = assertThrows(ResourceException.class, cold::prepare);
    assertTrue(refused.getMessage().contains("no_such_directive"), refused.getMessage());
    assertThrows(ResourceException.class, cold::start);

    site.writeConfig("");
    cold.inspect();
    assertEquals(State.GOOD, NginxSite.item(cold, "nginx -t").state());
  }

  @Test
  void aNewFileUnderAnIncludeIsTestedAtTheNextInspection() throws Exception {
    NginxResource nginx = site.resource(true);
    nginx.prepare();
    Files.writeString(dir.resolve("sites/new.conf"), "server { listen 127.0.0.1:1 };\n");
    nginx.inspect();
    ReadinessItem test = NginxSite.item(nginx, "nginx -t");
    assertEquals(State.BAD, test.state());
    assertTrue(test.detail().contains("sites/new.conf"), test.detail());
  }

  @Test
  void aSilentlyRefusedReloadIsNoticed() throws Exception {
    NginxResource nginx = site.remembering();
    nginx.prepare();
    assertEquals(State.GOOD, NginxSite.item(nginx, "running configuration").state());
    Proc master = site.master();
    awaitFileTimeAfterStart();

    site.writeConfig("no_such_directive on;");
    NginxSite.signal(List.of(master), SIGHUP);
    NginxSite.until("nginx's refusal", () -> log().contains("no_such_directive"));
    nginx.inspect();
    ReadinessItem refused = NginxSite.item(nginx, "running configuration");
    assertEquals(State.BAD, refused.state());
    assertTrue(refused.detail().contains("refuses the one on disk"), refused.detail());
    assertInstanceOf(Resource.Health.Healthy.class, nginx.check(), "it serves the old one");

    site.writeConfig("location = /new { return 204; }");
    nginx.inspect();
    ReadinessItem older = NginxSite.item(nginx, "running configuration");
    assertEquals(State.BAD, older.state(), "good on disk, but not loaded");
    assertTrue(older.mend().contains("reload"), older.mend());

    // By their ids: a worker that runs and one that sleeps are not equal.
    List<Long> old = ProcFs.children(master.pid()).stream().map(Proc::pid).toList();
    NginxSite.signal(List.of(master), SIGHUP);
    NginxSite.until(
        "new workers only",
        () -> ProcFs.children(master.pid()).stream().map(Proc::pid).noneMatch(old::contains));
    nginx.inspect();
    assertEquals(State.GOOD, NginxSite.item(nginx, "running configuration").state());

    awaitFileTimeAfterStart();
    site.writeConfig("location = /new { return 204; }");
    nginx.inspect();
    assertEquals(
        State.GOOD, NginxSite.item(nginx, "running configuration").state(), "only touched");

    // The next daemon, which was not there when it was loaded, knows it too.
    NginxResource next = site.remembering();
    next.inspect();
    assertEquals(State.GOOD, NginxSite.item(next, "running configuration").state(), "touched");
    site.writeConfig("location = /newer { return 204; }");
    next.inspect();
    assertEquals(State.BAD, NginxSite.item(next, "running configuration").state(), "changed");
  }

  /** Process start times are coarse: waits until a file written now is newer beyond doubt. */
  private void awaitFileTimeAfterStart() throws Exception {
    Path probe = dir.resolve("probe");
    Proc worker = ProcFs.children(site.master().pid()).getFirst();
    NginxSite.until(
        "a file that is newer than the workers",
        () -> {
          try {
            Files.writeString(probe, "x");
            return Files.getLastModifiedTime(probe).toMillis() > ProcFs.startedMillis(worker) + 100;
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private String log() {
    return String.join("\n", ProcFs.lines(dir.resolve("error.log")));
  }

  @Test
  void aKilledMasterIsSeenAtOnceAndRestartedInPlaceThoughOrphansHoldThePort() throws Exception {
    restartInPlace("master killed, orphans hold the port", false);
  }

  @Test
  void allOfNginxKilledIsSeenAtOnceAndRestartedInPlace() throws Exception {
    restartInPlace("master and workers killed", true);
  }

  private void restartInPlace(String scene, boolean all) throws Exception {
    NginxResource nginx = site.resource(true);
    nginx.prepare();
    nginx.start();
    nginx.check(); // The first one loads classes.
    BlockingQueue<Long> failures = new ArrayBlockingQueue<>(16);
    long[] seen = new long[TRIALS];
    long[] back = new long[TRIALS];
    long[] gaps = new long[TRIALS];
    try (Monitor monitor = new Monitor(noting(failures));
        GapClient client = new GapClient(site.port)) {
      for (int trial = 0; trial < TRIALS; trial++) {
        monitor.start(nginx);
        Proc master = site.master();
        List<Proc> workers = ProcFs.children(master.pid());
        client.reset();
        long killed = System.nanoTime();
        NginxSite.signal(all ? site.household(master) : List.of(master), Pidfd.SIGKILL);
        Long noticed = failures.poll(NginxSite.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertTrue(noticed != null, "the death was never told");
        monitor.stop(nginx);
        nginx.start();
        long now = System.nanoTime();
        seen[trial] = noticed - killed;
        back[trial] = now - noticed;
        gaps[trial] = client.worstGap();
        assertInstanceOf(Resource.Health.Healthy.class, nginx.check());
        Proc next = site.master();
        assertFalse(ProcFs.lives(master));
        assertTrue(ProcFs.lives(next));
        NginxSite.until("orphans gone", () -> NginxProcesses.living(workers).isEmpty());
      }
    }
    print(scene + ": told after", seen);
    print(scene + ": serving again after being told", back);
    print(scene + ": longest gap a client saw", gaps);
    assertTrue(median(seen) < Duration.ofMillis(100).toNanos(), "seen late");
    assertTrue(median(back) < Duration.ofMillis(200).toNanos(), "back late");
  }

  private static Monitor.Listener noting(BlockingQueue<Long> failures) {
    return new Monitor.Listener() {
      @Override
      public void failed(Resource resource, String detail) {
        failures.add(System.nanoTime());
      }

      @Override
      public void recovered(Resource resource, String detail) {}
    };
  }

  private static long median(long[] nanos) {
    long[] sorted = nanos.clone();
    java.util.Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void print(String what, long[] nanos) {
    long[] sorted = nanos.clone();
    java.util.Arrays.sort(sorted);
    System.out.printf(
        "MEASURED %s: median %.1f ms (%.1f-%.1f, n=%d)%n",
        what, median(nanos) / 1e6, sorted[0] / 1e6, sorted[sorted.length - 1] / 1e6, sorted.length);
  }

  @Test
  void aHungNginxFailsItsCheckInTimeAndIsReplaced() throws Exception {
    NginxResource nginx = site.resource(true);
    nginx.prepare();
    Proc master = site.master();
    List<Proc> all = site.household(master);
    NginxSite.signal(all, SIGSTOP);
    try {
      long from = System.nanoTime();
      Resource.Health health = nginx.check();
      Duration took = Duration.ofNanos(System.nanoTime() - from);
      Resource.Health.Failed failed = assertInstanceOf(Resource.Health.Failed.class, health);
      assertTrue(failed.detail().contains("accepted, but no answer"), failed.detail());
      assertTrue(took.compareTo(NginxSite.CHECK_LIMIT) <= 0, "took " + took);

      ProbeAnswer answer =
          ServiceProbe.hedged(
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), site.port),
              ProbeSettings.Http.of(site.port, "/healthz"),
              Duration.ofMillis(200),
              System.nanoTime());
      assertInstanceOf(ProbeAnswer.NotAnswered.class, answer);
      nginx.inspect();
      ReadinessItem http = NginxSite.item(nginx, "http check");
      assertEquals(State.BAD, http.state());
      assertFalse(http.pointless(), "a start replaces it");

      nginx.start();
      assertInstanceOf(Resource.Health.Healthy.class, nginx.check());
      assertTrue(NginxProcesses.living(all).isEmpty(), "the hung ones are gone");
    } finally {
      for (Proc proc : NginxProcesses.living(all)) {
        NginxSite.signal(List.of(proc), SIGCONT);
      }
    }
  }

  @Test
  void aPortHeldByAnotherProgramIsNamedBeforeAndAtTheStart() throws Exception {
    NginxResource nginx = site.resource(false);
    nginx.inspect();
    assertEquals(State.GOOD, NginxSite.item(nginx, "ports").state());
    try (ServerSocket other = new ServerSocket(site.port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertTrue(other.isBound());
      nginx.inspect();
      ReadinessItem ports = NginxSite.item(nginx, "ports");
      assertEquals(State.BAD, ports.state());
      assertTrue(ports.detail().contains("pid " + ProcessHandle.current().pid()), ports.detail());
      ResourceException refused = assertThrows(ResourceException.class, nginx::start);
      assertTrue(refused.getMessage().contains("is held by"), refused.getMessage());
    }
    nginx.start();
    assertInstanceOf(Resource.Health.Healthy.class, nginx.check());
  }

  @Test
  void anNginxThatRanBeforeTheDaemonIsTakenAsItIs() throws Exception {
    NginxResource first = site.resource(true);
    first.start();
    Proc master = site.master();
    NginxResource second = site.resource(true);
    assertInstanceOf(Resource.Health.Healthy.class, second.check());
    second.start();
    assertEquals(master, site.master());

    // The daemon's memory of who the workers were is gone, the orphans are found by the port.
    NginxSite.signal(List.of(master), Pidfd.SIGKILL);
    NginxSite.until("the master's end", () -> !ProcFs.lives(master));
    NginxResource third = site.resource(true);
    assertInstanceOf(Resource.Health.Failed.class, third.check());
    third.start();
    assertInstanceOf(Resource.Health.Healthy.class, third.check());
  }

  @Test
  void whereThereIsAUnitAllGoesThroughIt() throws Exception {
    Path systemctl =
        Scripts.write(
            dir,
            "systemctl",
            """
            alive() { p=$(cat DIR/nginx.pid 2>/dev/null) && [ -n "$p" ] && grep -q "^State:.[^ZX]" /proc/$p/status; }
            case "$*" in *" start "*) alive || exec nginx -c DIR/nginx.conf;;
              *" stop "*) alive && kill -TERM $p; while alive; do sleep 0.01; done;;
              *" restart "*) alive && kill -KILL $p; while alive; do sleep 0.01; done
                exec nginx -c DIR/nginx.conf;;
              *" show "*) alive && s=active || { s=inactive; p=0; }
                echo "LoadState=loaded"; echo "ActiveState=$s"; echo "SubState=x"
                echo "Result=success"; echo "UnitFileState=enabled"; echo "MainPID=$p";;
            esac
            """
                .replace("DIR", dir.toString()));
    NginxResource nginx = site.byUnit(systemctl);
    nginx.prepare();
    Proc master = site.master();
    nginx.start();
    assertEquals(master, site.master());
    NginxSite.signal(List.of(master), Pidfd.SIGKILL);
    NginxSite.until("the master's end", () -> !ProcFs.lives(master));
    nginx.start();
    assertInstanceOf(Resource.Health.Healthy.class, nginx.check());
    Proc next = site.master();
    nginx.stop(Resource.StopMode.FULL);
    assertFalse(ProcFs.lives(next));
    List<String> verbs =
        Scripts.calls(dir).stream()
            .map(call -> call.split(" ", -1)[2])
            .filter(verb -> !verb.equals("show"))
            .toList();
    assertEquals(List.of("restart", "restart", "stop"), verbs);
  }

  @Test
  void aQuickRestartByHandIsNoDeath() throws Exception {
    NginxResource nginx = site.resource(true);
    nginx.start();
    BlockingQueue<String> deaths = new ArrayBlockingQueue<>(4);
    Resource.Watch watch = nginx.watch(deaths::add);
    try {
      Proc master = site.master();
      NginxSite.signal(List.of(master), Pidfd.SIGTERM);
      NginxSite.until("the master's end", () -> !ProcFs.lives(master));
      site.resource(true).start();
      Proc next = site.master();
      NginxSite.signal(List.of(next), Pidfd.SIGKILL);
      String death = deaths.poll(NginxSite.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      assertEquals("nginx's master process " + next.pid() + " was killed", death);
    } finally {
      watch.close();
    }
  }
}
