package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.Response;
import io.twinbeat.control.SiteServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site whose nodes are real servers of their answers, each at loopback addresses of its own. */
class SitePageTest {
  private static final Times TIMES = new Times(Reports.NOW, ZoneOffset.UTC);
  private static final int WIDTH = 80;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<String, JsonObject> says = new HashMap<>();
  @TempDir Path directory;
  private int port;
  private String text;

  @BeforeEach
  void site() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, ip("127.0.7.11"))) {
      port = free.getLocalPort();
    }
    text =
        """
        tiers:
          edge:
            nodes:
              lvs1: { links: [127.0.7.11, 127.0.8.11], fence: { hook: /f, outlet: 1 } }
              lvs2: { links: [127.0.7.12, 127.0.8.12], fence: { hook: /f, outlet: 2 } }
            groups:
              front:
                resources:
                  - lvs: { mode: nat, service: 10.10.10.100:80, real-servers: { tier: proxy } }
                  - address: { ip: 10.10.10.100/24, dev: eth0 }
          proxy:
            nodes:
              px1: { links: [127.0.7.21, 127.0.8.21], fence: { hook: /f, outlet: 3 } }
              px2: { links: [127.0.7.22, 127.0.8.22], fence: { hook: /f, outlet: 4 } }
            heartbeat: { port: 7695 }
            groups:
              inside:
                resources:
                  - nginx: { check: http://127.0.0.1/healthz, upstreams: { u: { tier: web, port: 8080 } } }
                  - address: { ip: 192.0.2.1/24, dev: eth1 }
          web:
            servers: { web1: 192.0.2.31 }
        site-status: { port: %d, allow: [127.0.0.0/8] }
        """
            .formatted(port);
    says.put("lvs1", report("edge", "lvs1", "lvs2", "front", "active", "standby"));
    says.put("lvs2", report("edge", "lvs2", "lvs1", "front", "standby", "active"));
    says.put("px1", report("proxy", "px1", "px2", "inside", "active", "standby"));
    says.put("px2", report("proxy", "px2", "px1", "inside", "standby", "active"));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static JsonObject report(
      String pair, String node, String peer, String group, String here, String there) {
    String holder = here.equals("active") ? node : peer;
    String services =
        pair.equals("edge")
            ? """
            "services":[{"service":"10.10.10.100:80","scheduler":"mh","state":"ok","servers":[
            {"name":"px1","address":"127.0.7.21","state":"up","weight":1,"active":3},
            {"name":"px2","address":"127.0.7.22","state":"up","weight":1,"active":0}]},
            {"service":"10.10.10.100:81","scheduler":"mh","state":"ok","servers":[
            {"name":"web1","address":"192.0.2.31","state":"up","weight":1,"active":0}]}]\
            """
            : "\"health\":\"ok\"";
    return json(
        """
        {"pair":"%s","node":"%s","peerName":"%s","peer":{"state":"heard"},
        "groups":[{"name":"%s","holder":"%s","here":"%s","peer":"%s",
        "since":"2026-11-23T11:03:11Z","resources":[{"name":"lvs",%s}]}],
        "readiness":{"%s":{"ready":true,"able":true,"items":[]},
        "%s":{"ready":true,"able":true,"items":[]}},"alarms":[]}
        """
            .formatted(pair, node, peer, group, holder, here, there, services, node, peer));
  }

  private Site read() {
    Reading reading = SiteReader.read(text, "t.yaml");
    return assertInstanceOf(Reading.Good.class, reading, reading::toString).site();
  }

  /** Its own daemon on the first machine, the others over the network. */
  private SiteState ask(Optional<JsonObject> own) throws Exception {
    Site site = read();
    for (Pair pair : site.pairs()) {
      pair.nodes()
          .forEach(node -> {
            if (says.containsKey(node.name())) {
              // The second link alone is there: the first cable is out.
              InetSocketAddress at = new InetSocketAddress(node.links().get(1), port);
              open.add(SiteServer.open(List.of(at), host(node.name())));
            }
          });
    }
    SiteState state = null;
    for (int i = 0; i < 50; i++) { // The servers begin to listen in their own time.
      state = new SiteQuestion(site, "lvs1", own).ask();
      if (told(state) >= says.size()) {
        break;
      }
    }
    return state;
  }

  private static long told(SiteState state) {
    return state.tiers().stream()
        .filter(tier -> tier instanceof SiteState.PairState)
        .flatMap(tier -> ((SiteState.PairState) tier).nodes().stream())
        .filter(node -> node.report() != null)
        .count();
  }

  private SiteServer.Host host(String node) {
    return new SiteServer.Host() {
      @Override
      public boolean answers(InetAddress from) {
        return true;
      }

      @Override
      public Response.End answer() {
        return new Response.Done(says.get(node));
      }

      @Override
      public void listens(InetSocketAddress at) {}

      @Override
      public void fails(InetSocketAddress at, String why) {}
    };
  }

  private String page(SiteState state) {
    String page = SitePage.render(state, SiteProblems.of(state, TIMES), TIMES, new Paint(false));
    page.lines().forEach(line -> assertTrue(line.length() <= WIDTH, line));
    return page;
  }

  @Test
  void allTiersAsTheirNodesSay() throws Exception {
    SiteState state = ask(Optional.of(says.get("lvs1")));
    assertEquals(
        """
        all is well

        edge
          front is on lvs1 since 11:03:11 (3 h 4 m)
          NODE  HOLDS  PEER   READINESS  TOLD BY
          lvs1  front  heard  ready      its daemon, on this machine
          lvs2  -      heard  ready      its daemon, over the network
          SERVICE          STATE  SERVERS, AS lvs1 SEES THEM
          10.10.10.100:80  ok     px1 up, px2 up
          10.10.10.100:81  ok     web1 up

        proxy
          inside is on px1 since 11:03:11 (3 h 4 m)
          NODE  HOLDS   PEER   READINESS  TOLD BY
          px1   inside  heard  ready      its daemon, over the network
          px2   -       heard  ready      its daemon, over the network

        web
          SERVER  ADDRESS     STATE  TOLD BY
          web1    192.0.2.31  up     lvs1's checks, for 10.10.10.100:81
        """,
        page(state));
    assertEquals(
        "{\"at\":\"now\",\"well\":true,\"problems\":[],\"tiers\":[{\"tier\":\"edge\"",
        state.toJson("now", List.of()).toString().substring(0, 61));
  }

  @Test
  void whatIsWrongStandsFirst() throws Exception {
    says.get("lvs2").getAsJsonObject("peer").addProperty("state", "silent");
    JsonObject ready = says.get("px2").getAsJsonObject("readiness").getAsJsonObject("px2");
    ready.addProperty("ready", false);
    ready.add("items", JsonParser.parseString("[{\"name\":\"nginx -t\",\"state\":\"failed\"}]"));
    says.get("px1")
        .add(
            "alarms",
            JsonParser.parseString(
                """
                [{"since":"2026-11-23T14:00:00Z","sentence":"a machine that nobody knows claims the\
                 address of the service, and so on, and so on"}]\
                """));
    says.get("px1")
        .add("maintenance", json("{\"until\":\"2026-11-23T16:00:00Z\",\"reason\":\"r\"}"));
    String page = page(ask(Optional.empty()));
    assertTrue(page.startsWith("PROBLEMS\n  ! lvs2: lvs1 is silent\n"), page);
    assertTrue(page.contains("  ! px2 is NOT ready: nginx -t\n"), page);
    assertTrue(page.contains("  ! px1: a machine that nobody knows claims"), page);
    assertTrue(page.contains("px2   -       heard  NOT ready  its daemon"), page);
    assertTrue(page.contains("  maintenance until 16:00:00: r\n"), page);
    assertTrue(page.contains("lvs1  front  heard   ready      its daemon, over the network"), page);
  }

  @Test
  void aSilentNodeIsShownAsItsPeerSaysAndASilentPairByALook() throws Exception {
    says.remove("lvs1");
    says.remove("px1");
    says.remove("px2");
    String page = page(ask(Optional.empty()));
    assertTrue(page.contains("  ! lvs1: refused: no daemon answers there\n"), page);
    assertTrue(page.contains("  front is on lvs1, as lvs2 says\n"), page);
    assertTrue(page.contains("lvs1  front  ?      ready      lvs2; it does not answer\n"), page);
    assertTrue(page.contains("proxy, by a TCP look from here: its nodes do not answer\n"), page);
    assertTrue(page.contains("  inside  192.0.2.1:80"), page);
  }

  @Test
  void whereTheFileOpensNoPortTheRestIsALook() throws Exception {
    text = text.replaceAll("site-status.*\n", "");
    says.clear();
    JsonObject own = report("edge", "lvs1", "lvs2", "front", "active", "standby");
    SiteState state = ask(Optional.of(own));
    String page = page(state);
    assertTrue(page.contains("lvs2  -      ?      ready      lvs1\n"), page);
    assertTrue(
        page.contains("proxy, by a TCP look from here: the file opens no port to ask them\n"),
        page);
    assertFalse(SiteProblems.of(state, TIMES).toString().contains("port to ask"), page);
  }

  @Test
  void twoHoldersAreSaidLoudlyAndAGroupOnTheWayIsAskedForAgain() throws Exception {
    says.put("px2", report("proxy", "px2", "px1", "inside", "active", "active"));
    SiteState state = ask(Optional.empty());
    assertTrue(page(state).contains("  ! proxy: inside is on BOTH: px1 and on px2\n"), page(state));
    assertTrue(state.isUnsettled(TIMES));
    says.put("px2", report("proxy", "px2", "px1", "inside", "standby", "active"));
    assertFalse(ask(Optional.empty()).isUnsettled(TIMES));
  }

  @Test
  void whatNoDirectorSeesIsLookedAtFromHere() throws Exception {
    JsonObject holder = says.get("lvs1");
    says.put(
        "lvs1",
        json(
            holder
                .toString()
                .replace(
                    "\"px2\",\"address\":\"127.0.7.22\",\"state\":\"up",
                    "\"px2\",\"address\":\"127.0.7.22\",\"state\":\"down")
                .replace("192.0.2.31", "192.0.2.32")));
    String page = page(ask(Optional.empty()));
    assertTrue(page.contains("  web1    192.0.2.31:8080"), page);
    assertTrue(page.contains("  ! lvs1: 10.10.10.100:80: px2 is down\n"), page);
    // Only the proxies send to it: from here its network may be out of reach.
    assertFalse(page.contains("! web"), page);
    SiteLook.Served web = SiteLook.served(read(), read().tiers().get(2), "px1").iterator().next();
    assertTrue(web.near() && !new SiteLook(web, SiteLook.Answer.SILENT).good());
    assertTrue(page.contains("px1 up, px2 down"), page);
    ServerSocket listening = new ServerSocket(0, 8, ip("127.0.7.31"));
    open.add(listening);
    int there = listening.getLocalPort();
    assertEquals(SiteLook.Answer.OPEN, look(there));
    listening.close();
    assertEquals(SiteLook.Answer.REFUSED, look(there));
  }

  private static SiteLook.Answer look(int there) {
    return new SiteLook.Served("x", ip("127.0.7.31"), there, true, true)
        .look(SiteQuestion.LIMIT)
        .answer();
  }

  @Test
  void theCommandAnswersInJsonAndItsExitStatusTellsWhetherAllIsWell() throws Exception {
    Path file = Files.writeString(directory.resolve("site.yaml"), text);
    ask(Optional.empty());
    try (FakeDaemon daemon = new FakeDaemon(directory, request -> new Response.Failed("?"))) {
      daemon.config(file);
      assertEquals(0, daemon.run("status", "--site", "--json"), daemon.out());
      JsonObject json = json(daemon.out());
      assertTrue(json.get("well").getAsBoolean(), daemon.out());
      assertEquals(3, json.getAsJsonArray("tiers").size());
      says.get("lvs2").getAsJsonObject("peer").addProperty("state", "silent");
      assertEquals(1, daemon.run("status", "--site"));
      assertTrue(daemon.out().startsWith("PROBLEMS"), daemon.out());
    }
  }
}
