package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.control.StatusReport.Readiness;
import io.twinbeat.journal.Journal;
import io.twinbeat.lvs.Director;
import io.twinbeat.lvs.ServiceReport;
import io.twinbeat.lvs.Shared;
import io.twinbeat.resource.ReadinessItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, each with its disk and its director, and what goes between them. */
class DrainExchangeTest {
  /** Both lives of {@link Standby}'s peer have this number, and so have these nodes. */
  private static final long LIFE = 3;

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final List<String> SERVERS = List.of("web1", "web2", "web3");

  @TempDir Path folder;
  private Standby standby;
  private boolean heard = true;
  private int questions;
  private Node lb1;
  private Node lb2;

  /** One node; another one with the same folder is its next life. */
  private final class Node implements AutoCloseable {
    final Path disk;
    final Chronicle chronicle;
    final DaemonAlarms alarms;
    final Director director;
    final Drains drains;
    final PeerFacts facts = new PeerFacts();
    final PeerQuestions asking;
    final DrainExchange exchange;
    final DrainDesk desk;

    Node(String name, String peer, List<String> servers, Predicate<byte[]> send) {
      disk = folder.resolve(name);
      try {
        chronicle =
            new Chronicle(
                Journal.open(disk.resolve("journal"), 1 << 20),
                KeptState.read(disk.resolve("state"), "boot"));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      alarms = new DaemonAlarms(chronicle, new Notifier(name, List.of()));
      director = director(disk, servers);
      drains = new Drains(disk, List.of(director), chronicle, alarms);
      asking = new PeerQuestions(peer, send);
      exchange = new DrainExchange(peer, drains, asking, facts, standby::state);
      DrainCount count = new DrainCount(name, peer, drains::knowing, asking);
      desk = new DrainDesk(drains, exchange, count, peer);
    }

    /** What its director does. */
    Set<String> drained() throws Exception {
      Set<String> drained = new TreeSet<>();
      for (ServiceReport service : director.report()) {
        service.servers().stream()
            .filter(ServiceReport.Server::drained)
            .forEach(server -> drained.add(server.name()));
      }
      return drained;
    }

    ReadinessItem item() {
      return exchange.items().getFirst();
    }

    List<String> told() throws IOException {
      return chronicle.journal().last(100).stream().map(Journal.Entry::sentence).toList();
    }

    @Override
    public void close() {
      director.close();
      chronicle.close();
    }
  }

  private static Director director(Path state, List<String> servers) {
    StringBuilder named = new StringBuilder();
    for (String server : servers) {
      named.append(named.isEmpty() ? "" : ", ").append(server + ": 10.10.30." + server.charAt(3));
    }
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
              - lvs: { check: "off", service: "10.10.10.100:80", real-servers: { %s } }
              - address: { ip: 10.10.10.100/24, dev: eth0 }
        """
            .formatted(named);
    if (!(SiteReader.read(text, "test") instanceof Reading.Good good)) {
      throw new AssertionError(SiteReader.read(text, "test"));
    }
    LvsConfig config = (LvsConfig) good.site().pair().groups().getFirst().resources().getFirst();
    Director.Voice nobody =
        new Director.Voice() {
          @Override
          public void event(String sentence) {}

          @Override
          public void alarm(String key, String what, String mend) {}

          @Override
          public void clear(String key) {}
        };
    return new Director(
        config,
        "site-lvs",
        Shared.open(state, "boot"),
        Set.of("eth0"),
        how -> {
          throw new AssertionError("checks are off");
        },
        nobody);
  }

  @BeforeEach
  void bothUp() throws IOException {
    standby = new Standby(folder.resolve("standby"));
    lb1 = lb1(SERVERS);
    lb2 = lb2(SERVERS);
  }

  private Node lb1(List<String> servers) {
    return new Node("lb1", "lb2", servers, message -> sent(message, () -> lb2));
  }

  private Node lb2(List<String> servers) {
    return new Node("lb2", "lb1", servers, message -> sent(message, () -> lb1));
  }

  private boolean sent(byte[] bytes, Supplier<Node> to) {
    if (!heard) {
      return false;
    }
    JsonObject message =
        JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
    if (message.get("kind").getAsString().equals(PeerQuestions.QUESTION)) {
      questions++;
      to.get().asking.asked(message);
    } else {
      to.get().asking.answered(message);
    }
    return true;
  }

  @AfterEach
  void close() {
    lb1.close();
    lb2.close();
    standby.close();
  }

  /** As the two do every other second. */
  private void tellBoth() {
    tell(lb1, lb2, Optional.of(lb1.drains.book().digest(LIFE)));
    tell(lb2, lb1, Optional.of(lb2.drains.book().digest(LIFE)));
  }

  private static void tell(Node from, Node to, Optional<String> digest) {
    byte[] facts =
        PeerFacts.message(
            new Readiness(true, true, List.of()),
            List.of(),
            Set.of(from.disk.toString()),
            null,
            digest.orElse(null));
    to.facts.received(
        JsonParser.parseString(new String(facts, StandardCharsets.UTF_8)).getAsJsonObject());
  }

  private void bothAgree(String... drained) throws Exception {
    tellBoth();
    lb2.exchange.agree();
    tellBoth();
    lb1.exchange.agree();
    bothHave(drained);
  }

  private void bothHave(String... drained) throws Exception {
    for (Node node : List.of(lb1, lb2)) {
      assertEquals(Set.of(drained), node.drained());
      assertEquals(ReadinessItem.State.GOOD, node.item().state(), node.item()::toString);
    }
    assertEquals(lb1.drains.book(), lb2.drains.book());
  }

  private void anew() {
    lb1.close();
    lb2.close();
    lb1 = lb1(SERVERS);
    lb2 = lb2(SERVERS);
  }

  @Test
  void whatWasOrderedAlonePassesWhenTheyHearEachOther() throws Exception {
    heard = false;
    lb1.drains.order("web1", true);
    tellBoth();
    lb1.exchange.agree();
    assertEquals(Set.of(), lb2.drained());
    assertEquals(ReadinessItem.State.UNKNOWN, lb1.item().state());
    assertTrue(lb1.item().detail().contains("its daemon is not heard"), lb1.item()::toString);
    heard = true;
    bothAgree("web1");
    assertTrue(
        lb2.told().contains("no new connections for web1: lb1 knows a newer order"),
        lb2.told()::toString);
  }

  @Test
  void anUndrainPassesToo() throws Exception {
    lb1.drains.order("web1", true);
    lb1.drains.order("web2", true);
    bothAgree("web1", "web2");
    heard = false;
    lb2.drains.order("web1", false);
    heard = true;
    bothAgree("web2");
    assertTrue(
        lb1.told().contains("new connections again for web1: lb2 knows a newer order"),
        lb1.told()::toString);
  }

  @Test
  void bothSidesDiffer() throws Exception {
    lb1.drains.order("web3", true);
    bothAgree("web3");
    heard = false;
    lb1.drains.order("web1", true);
    lb1.drains.order("web3", false);
    lb2.drains.order("web2", true);
    lb2.drains.order("web1", true);
    lb2.drains.order("web1", false); // Two orders there are newer than one here.
    anew(); // Both lose their power before they hear each other.
    heard = true;
    bothAgree("web2");
  }

  /** An order that is given while the peer is heard is newer than all that is known there. */
  @Test
  void anOrderKnowsWhatThePeerKnows() throws Exception {
    heard = false;
    for (int i = 0; i < 5; i++) {
      lb2.drains.order("web1", i % 2 == 0);
    }
    heard = true;
    JsonObject arguments = new JsonObject();
    arguments.addProperty("server", "web1");
    lb1.desk.order(Request.of("undrain", arguments), false);
    assertEquals(Set.of(), lb2.drained());
    assertEquals(6, lb2.drains.book().of("web1").number());
    tellBoth();
    bothHave();
  }

  /** Where nobody holds the group, nobody can count: an operator must not read that as none. */
  @Test
  void whatNobodyCountsIsNotNone() throws Exception {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("server", "web1");
    arguments.addProperty("wait", true);
    List<String> said = new ArrayList<>();
    Response.Lines lines = (Response.Lines) lb1.desk.order(Request.of("drain", arguments), true);
    Response.End end = lines.stream().run(line -> said.add(line.get("sentence").getAsString()));
    Response.Failed failed = assertInstanceOf(Response.Failed.class, end);
    assertTrue(failed.why().contains("neither lb1 nor lb2 holds"), failed.why());
    assertEquals(Set.of("web1"), lb2.drained());
    assertTrue(said.stream().noneMatch(line -> line.contains("0 open")), said::toString);
  }

  @Test
  void aBookOutlivesPowerAndADamagedOneIsLearnedAgain() throws Exception {
    lb1.drains.order("web1", true);
    bothAgree("web1");
    anew();
    assertEquals(Set.of("web1"), lb1.drained());
    assertEquals(Set.of("web1"), lb2.drained());
    Files.writeString(lb2.disk.resolve("drains"), "x");
    anew();
    assertEquals(Set.of(), lb2.drained());
    assertEquals(1, lb2.alarms.all().size());
    bothAgree("web1");
    assertEquals(List.of(), lb2.alarms.all());
    anew();
    assertEquals(Set.of("web1"), lb2.drained());
  }

  @Test
  void aServerThatTheFileNoLongerNamesIsForgotten() throws Exception {
    lb1.drains.order("web1", true);
    lb1.drains.order("web2", true);
    bothAgree("web1", "web2");
    lb1.close();
    lb1 = lb1(List.of("web2", "web3"));
    lb1.drains.forgetOthers();
    lb1.drains.forgetOthers();
    assertEquals(Set.of("web2"), lb1.drains.book().orders().keySet());
    assertEquals(
        1,
        lb1.told().stream().filter(line -> line.contains("does not name web1")).count(),
        lb1.told()::toString);
    // The other still has the old file: they agree on the rest, and do not talk for ever.
    for (int i = 0; i < 3; i++) {
      tellBoth();
      lb1.exchange.agree();
      lb2.exchange.agree();
    }
    int before = questions;
    for (int i = 0; i < 5; i++) {
      tellBoth();
      lb1.exchange.agree();
      lb2.exchange.agree();
    }
    assertEquals(before, questions);
    assertEquals(Set.of("web2"), lb1.drains.book().orders().keySet());
    assertEquals(ReadinessItem.State.GOOD, lb1.item().state());
    lb1.close();
    lb1 = lb1(List.of("web2", "web3"));
    assertEquals(Set.of("web2"), lb1.drains.book().orders().keySet());
  }

  @Test
  void whatAgreesIsNotAskedAbout() throws Exception {
    lb1.drains.order("web1", true);
    bothAgree("web1");
    int before = questions;
    for (int i = 0; i < 5; i++) {
      tellBoth();
      lb1.exchange.agree();
      lb2.exchange.agree();
    }
    assertEquals(before, questions);
  }

  @Test
  void aPeerOfAnEarlierVersionIsAWarning() {
    tell(lb1, lb2, Optional.empty());
    lb2.exchange.agree();
    assertEquals(0, questions);
    assertEquals(ReadinessItem.State.WARNING, lb2.item().state());
  }

  /** A folder in the file's place: nothing can be written. */
  private static Path block(Node node) throws IOException {
    Path file = node.disk.resolve("drains");
    Files.deleteIfExists(file);
    return Files.createDirectories(file.resolve("in the way"));
  }

  @Test
  void whatCannotBeKeptIsNotOrdered() throws Exception {
    block(lb1);
    assertThrows(IOException.class, () -> lb1.drains.order("web1", true));
    assertEquals(Set.of(), lb1.drained());
    assertEquals(DrainBook.EMPTY, lb1.drains.book());
  }

  @Test
  void whatThePeerOrderedIsDoneAndKeptAsSoonAsItCanBe() throws Exception {
    Path inTheWay = block(lb2);
    lb1.drains.order("web1", true);
    tellBoth();
    lb1.exchange.agree();
    assertEquals(Set.of("web1"), lb2.drained());
    assertEquals(1, lb2.alarms.all().size());
    tellBoth();
    assertEquals(ReadinessItem.State.UNKNOWN, lb2.item().state());
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    lb2.exchange.agree();
    assertEquals(List.of(), lb2.alarms.all());
    anew();
    bothAgree("web1");
  }

  /** Of another pair, or of somebody who found the key. */
  @Test
  void nonsenseIsRefusedAndNothingIsTaken() {
    for (String nonsense :
        List.of(
            "{}",
            "{\"after\": 1, \"orders\": {}}",
            "{\"after\": \"\", \"orders\": []}",
            "{\"after\": \"\", \"orders\": {\"web1\": [1, 1]}}",
            "{\"after\": \"\", \"upTo\": {}, \"orders\": {\"web1\": [1, true]}}")) {
      JsonObject json = JsonParser.parseString(nonsense).getAsJsonObject();
      IOException refused =
          assertThrows(
              IOException.class, () -> lb1.asking.ask(DrainExchange.QUESTION, json, LIMIT));
      assertTrue(refused.getMessage().startsWith("not orders of drains"), refused.getMessage());
      assertEquals(DrainBook.EMPTY, lb2.drains.book());
    }
  }
}
